"""The search against comparing every set with every other one."""

import random
from itertools import combinations
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intent.training.data.near_duplicates import Pair, jaccard, near_duplicates

SETS = st.lists(st.frozensets(st.sampled_from("abcdefghijkl"), max_size=12), max_size=25)
THRESHOLDS = st.one_of(st.just(0.8), st.sampled_from([0.1, 0.3, 0.5, 0.6, 0.7, 0.9, 1.0]), st.floats(0.01, 1))


@given(SETS, THRESHOLDS)
def test_all_pairs_are_found_once_and_no_others(sets: list[frozenset[str]], threshold: float) -> None:
    every = (Pair(one, other, jaccard(sets[one], sets[other])) for one, other in combinations(range(len(sets)), 2))
    expected = [pair for pair in every if pair.similarity >= threshold]
    found = sorted(near_duplicates(sets, threshold), key=lambda pair: (pair.one, pair.other))
    assert found == expected


def test_four_words_of_five_are_near() -> None:
    sets = [frozenset("abcde"), frozenset("abcd"), frozenset("abcx"), frozenset()]
    assert list(near_duplicates(sets)) == [Pair(0, 1, 0.8)]


@pytest.mark.parametrize("threshold", [0, -1, 1.1, float("nan")])
def test_a_threshold_is_a_similarity(threshold: float) -> None:
    with pytest.raises(ValueError, match="the threshold must be"):
        next(near_duplicates([], threshold))


def test_many_short_texts_take_seconds() -> None:
    """Words as frequent as in a language (Zipf's law); one text in ten differs from another in a single word."""
    draw = random.Random(0)  # noqa: S311 nothing is secret here
    vocabulary = [f"word{number}" for number in range(4_000)]
    weights = [1 / (number + 1) for number in range(len(vocabulary))]
    texts = [draw.choices(vocabulary, weights, k=draw.randint(3, 20)) for _ in range(22_500)]
    texts += [[*draw.choice(texts)[1:], draw.choice(vocabulary)] for _ in range(2_500)]
    sets = [frozenset(text) for text in texts]
    started = perf_counter()
    found = sum(1 for _ in near_duplicates(sets))
    assert found > 1_000
    assert perf_counter() - started < 30
