"""Slips of the fingers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debugger.behaviour.typos import NEIGHBOURS, TYPOS


def made(text: str, seed: int = 0) -> dict[str, str]:
    return {each.change.split(": ")[1]: each.text for each in TYPOS.perturb(text, np.random.default_rng(seed))}


@given(st.integers(0, 999))
def test_each_kind_slips_once(seed: int) -> None:
    text = "Refund my Payment"
    found = made(text, seed)
    (place,) = [place for place, (one, other) in enumerate(zip(text, found["a neighbouring key"])) if one != other]
    assert found["a neighbouring key"][place].lower() in NEIGHBOURS[text[place].lower()]
    assert sorted(found["two letters swapped"]) == sorted(text)
    assert len(found["a letter lost"]) == len(text) - 1
    assert all(" my " in each for each in found.values())


@pytest.mark.parametrize("text", ["pay 1234567 now", "mail@server.example", "a1b2c3d4", "www.server.example/page"])
def test_short_words_numbers_and_addresses_stay(text: str) -> None:
    assert made(text) == {}


def test_a_script_without_keys_is_still_swapped() -> None:
    assert set(made("\u043f\u0440\u0438\u0432\u0435\u0442")) == {"two letters swapped", "a letter lost"}


def test_neighbours_are_mutual_and_near() -> None:
    assert all(key in NEIGHBOURS[other] for key, others in NEIGHBOURS.items() for other in others)
    assert set(NEIGHBOURS["g"]) == set("fhtyvb")
    assert set(NEIGHBOURS["q"]) == set("wa")
