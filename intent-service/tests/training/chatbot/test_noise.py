"""So many labels are wrong as asked, in training only, half of them by taking the hard pair's other intent."""

from collections import Counter

import pytest

from intent.training.chatbot.intents import INTENTS, PARTNERS
from intent.training.chatbot.noise import MAX_NOISE, flipped, mislabel
from intent.training.chatbot.rows import Row, compose


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return compose(2400, 0)


def in_training(rows: list[Row]) -> int:
    return sum(row.split == "training" and row.intent is not None for row in rows)


@pytest.mark.parametrize("rate", [0, 0.001, 0.03, 0.1, 0.25, MAX_NOISE])
def test_the_rate_is_exact(rows: list[Row], rate: float) -> None:
    wrong = flipped(mislabel(rows, rate, 0))
    assert len(wrong) == round(rate * in_training(rows))
    assert {row.split for row in wrong} <= {"training"}


def test_nothing_else_changes(rows: list[Row]) -> None:
    noisy = mislabel(rows, 0.2, 0)
    for clean, given in zip(rows, noisy, strict=True):
        assert (clean.id, clean.text, clean.split, clean.language, clean.rule) == (
            given.id, given.text, given.split, given.language, given.rule
        )  # fmt: skip
        assert (clean.intent is None) == (given.intent is None)


def test_half_go_to_the_hard_pair_and_half_anywhere(rows: list[Row]) -> None:
    wrong = flipped(mislabel(rows, MAX_NOISE, 0))
    to_partner = sum(PARTNERS.get(row.rule) == row.intent for row in wrong)
    assert len(wrong) // 2 <= to_partner < len(wrong) * 0.6
    assert {row.intent for row in wrong} == set(INTENTS)
    assert {row.rule for row in wrong} == set(INTENTS)


def test_both_of_a_pair_are_flipped_to_each_other(rows: list[Row]) -> None:
    directions = Counter((row.rule, row.intent) for row in flipped(mislabel(rows, 0.1, 0)))
    assert all(directions[one, other] for one, other in PARTNERS.items())


def test_the_same_seed_flips_the_same(rows: list[Row]) -> None:
    assert mislabel(rows, 0.1, 5) == mislabel(rows, 0.1, 5) != mislabel(rows, 0.1, 6)


@pytest.mark.parametrize("rate", [-0.01, 0.51, float("nan")])
def test_other_rates_are_refused(rows: list[Row], rate: float) -> None:
    with pytest.raises(ValueError, match=r"choose from 0 to 0\.5"):
        mislabel(rows, rate, 0)
