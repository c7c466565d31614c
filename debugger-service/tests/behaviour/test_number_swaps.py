"""Numbers for numbers."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debugger.behaviour.number_swaps import NUMBER_SWAPS


def made(text: str, seed: int = 0) -> list[str]:
    return [each.text for each in NUMBER_SWAPS.perturb(text, np.random.default_rng(seed))]


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("pay $250", r"pay \$[1-9][1-9]0"),
        ("at 5pm", r"at ([2-9]|1[0-2])pm"),
        ("at 10:30 p.m.", r"at ([2-9]|1[0-2]):[0-5]\d p\.m\."),
        ("the 2nd", r"the (3rd|[4-9]th|1[0-2]th)"),
        ("since 2019", r"since (19|20)\d\d"),
        ("on 03/15", r"on (0[2-9]|1[0-2])/(1[3-9]|2[0-3])"),
        ("Two cards", r"(Three|Four|Five|Six|Seven|Eight|Nine|Ten|Eleven|Twelve) cards"),
        ("1,000 euros", r"[2-9],000 euros"),
        ("code 0042", r"code 00[1-9][1-9]"),
        ("covid-19 in 401k for 20 days", r"covid-19 in 401k for (1[3-9]|2[0-3]) days"),
    ],
)
@pytest.mark.parametrize("seed", range(20))
def test_a_number_becomes_another_of_its_kind(text: str, pattern: str, seed: int) -> None:
    assert made(text, seed)
    assert all(re.fullmatch(pattern, each) for each in made(text, seed))


@pytest.mark.parametrize(
    "text", ["open 24/7", "call 911", "a 401k", "covid-19", "mp3", "#1", "0", "one card", "nothing"]
)
def test_what_stands_for_something_stays(text: str) -> None:
    assert made(text) == []


@given(st.integers(0, 999))
def test_equal_numbers_stay_equal_and_others_different(seed: int) -> None:
    for text in made("from 3 to 5, 3 times", seed):
        first, second, again = re.findall(r"\d+", text)
        assert first == again != second


@given(st.integers(1, 10**20), st.integers(0, 99))
def test_a_number_keeps_its_length_or_its_range(number: int, seed: int) -> None:
    for text in made(str(number), seed):
        assert len(text) == len(str(number)) or {number, int(text)} <= set(range(2, 13))
