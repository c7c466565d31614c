"""Draws never change for a seed, and come as often as they should."""

from collections import Counter

import pytest

from intent.training.chatbot.chance import Chance


def test_draws_are_those_of_every_python() -> None:
    chance = Chance(1, "a")
    assert [chance.below(1000) for _ in range(6)] == [793, 241, 177, 254, 297, 505]
    assert Chance(7).shuffled(range(10)) == [8, 0, 4, 7, 1, 5, 9, 3, 2, 6]


def test_each_seed_has_draws_of_its_own() -> None:
    draws = {
        tuple(Chance(*seed).shuffled(range(20))) for seed in [(1, "a"), (1, "b"), (2, "a"), ("1a",), (1,), ("a", 1)]
    }
    assert len(draws) == 6


def test_weights_say_how_often() -> None:
    chance = Chance(0)
    counts = Counter(chance.weighted((1, 0, 3)) for _ in range(4000))
    assert counts[1] == 0
    assert counts[0] + counts[2] == 4000
    assert 2850 < counts[2] < 3150


def test_weights_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="not all 0"):
        Chance(0).weighted((0, 0))


def test_every_order_comes_equally_often() -> None:
    chance = Chance(0)
    counts = Counter(tuple(chance.shuffled("abc")) for _ in range(6000))
    assert len(counts) == 6
    assert all(880 < count < 1120 for count in counts.values())


def test_one_and_happens_reach_everything() -> None:
    chance = Chance(0)
    assert {chance.one("abc") for _ in range(100)} == set("abc")
    assert {chance.happens(0.5) for _ in range(100)} == {False, True}
    assert not any(chance.happens(0) for _ in range(100))
    assert all(chance.happens(1) for _ in range(100))
