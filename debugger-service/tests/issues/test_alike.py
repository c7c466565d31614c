"""Pairs that nearly say the same, against sets of three letters."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debugger.evidence import Evidence
from debugger.issues.alike import find_alike
from debugger.issues.plain_text import plain

Build = Callable[..., Evidence]


def overlap(one: str, other: str) -> float:
    left, right = ({f" {text} "[at : at + 3] for at in range(len(text))} for text in plain([one, other]))
    return len(left & right) / max(1, len(left | right))


@given(st.lists(st.text("abc ", min_size=1, max_size=20), min_size=2, max_size=8))
def test_pairs_have_their_overlap(build: Build, texts: list[str]) -> None:
    evidence = build(texts, [None] * len(texts), embedding=np.eye(1, 4).repeat(len(texts), 0))
    alike = find_alike(evidence, lambda one, other: one != other, least=0.3)
    words = plain(texts)
    expected = {
        (one, other): overlap(texts[one], texts[other])
        for one in range(len(texts))
        for other in range(one + 1, len(texts))
        if words[one] != words[other]
    }
    found = dict(zip(zip(alike.pairs.one.tolist(), alike.pairs.other.tolist()), alike.pairs.overlap.tolist()))
    assert found == pytest.approx({pair: part for pair, part in expected.items() if part >= 0.3}, abs=1e-6)


def test_only_wanted_pairs_that_are_near_are_looked_at(build: Build) -> None:
    texts = ["where is my card", "where is my card now", "where is my cards"]
    evidence = build(texts, [None] * 3, embedding=[[1, 0], [0, 1], [1, 0]])
    pairs = find_alike(evidence, lambda one, other: one != other, least=0.5).pairs
    assert (pairs.one.tolist(), pairs.other.tolist()) == ([0], [2])
    assert not len(find_alike(evidence, lambda one, other: one == other, least=0).pairs.one)


def test_very_long_texts_are_compared_by_their_beginnings(build: Build) -> None:
    evidence = build(["a b c " * 1000, "a b c " * 1000 + "xyz"], [None] * 2)
    pairs = find_alike(evidence, lambda one, other: one != other, least=0.9).pairs
    assert pairs.overlap.tolist() == [1]
