"""How many errors are still to be found, and how sure that is."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from debugger.metrics.review import ERROR, RIGHT, UNDECIDED, Outlook, Review

ROWS = 2000
STOPS = (30, 100, 300, 1000)
REVIEWS = 20
Ranking = tuple[np.ndarray, np.ndarray]


def calibrated(random: np.random.Generator) -> Ranking:
    scores = random.beta(0.25, 3, ROWS)
    return scores, random.random(ROWS) < scores


def off_by_a_shift(random: np.random.Generator) -> Ranking:
    chances = random.beta(0.25, 3, ROWS)
    scores = expit(logit(np.clip(chances, 1e-6, 1 - 1e-6)) + random.normal(0, 1))
    return scores, random.random(ROWS) < chances


def off_by_a_power(random: np.random.Generator) -> Ranking:
    chances = random.beta(0.25, 3, ROWS)
    return chances ** random.choice([0.5, 0.7, 1.5]), random.random(ROWS) < chances


def two_heaps(random: np.random.Generator) -> Ranking:
    errors = random.random(ROWS) < 0.06
    return expit(np.where(errors, random.normal(2, 1.5, ROWS), random.normal(-4, 1.5, ROWS))), errors


def decided_from_the_top(scores: np.ndarray, errors: np.ndarray, count: int) -> np.ndarray:
    outcomes = np.full(len(scores), UNDECIDED)
    top = np.argsort(-scores, kind="stable")[:count]
    outcomes[top] = np.where(errors[top], ERROR, RIGHT)
    return outcomes


def held(outlook: Outlook, errors: np.ndarray) -> bool:
    return outlook.low <= int(errors.sum()) <= outlook.high


@pytest.mark.parametrize("draw", [calibrated, off_by_a_shift, off_by_a_power, two_heaps])
def test_the_interval_holds_the_truth_at_every_stop(draw: Callable[[np.random.Generator], Ranking]) -> None:
    random = np.random.default_rng(17)
    next_rows, all_left = [], []
    for _ in range(REVIEWS):
        scores, errors = draw(random)
        for stop in STOPS:
            review = Review(scores, decided_from_the_top(scores, errors, stop))
            next_rows.append(held(review.outlook(50), errors[review.ranking[:50]]))
            all_left.append(held(review.left(), errors[review.ranking]))
    assert np.mean(next_rows) >= 0.8
    assert np.mean(all_left) >= 0.8
    by_stop = np.reshape(all_left, (REVIEWS, len(STOPS))).mean(axis=0)
    assert (by_stop >= 0.8).all()


def test_the_interval_narrows_as_decisions_come_in() -> None:
    scores, errors = calibrated(np.random.default_rng(3))
    lefts = [Review(scores, decided_from_the_top(scores, errors, stop)).left() for stop in (0, 100, 500)]
    widths = [left.high - left.low for left in lefts]
    assert widths[0] > 1.5 * widths[1] > 3 * widths[2] > 0


def test_before_the_first_decision_the_scores_are_what_is_expected() -> None:
    scores = np.linspace(0.05, 0.95, 101)
    review = Review(scores, np.full(101, UNDECIDED))
    assert review.left().expected == pytest.approx(scores.sum(), rel=0.15)
    assert np.abs(review.probabilities() - np.sort(scores)[::-1]).max() < 0.05
    assert review.ranking.tolist() == list(range(100, -1, -1))


def test_a_few_decisions_do_not_explode() -> None:
    scores = np.linspace(1, 0, 200)
    first = np.arange(200) == 0
    for outcome in (RIGHT, ERROR):
        left = Review(scores, np.where(first, outcome, UNDECIDED)).left()
        assert 20 < left.expected < 140
        assert left.high - left.low > 20


def test_many_rows_that_are_right_lower_what_is_left() -> None:
    scores = np.linspace(1, 0, 1000)
    none_wrong = np.where(np.arange(1000) < 200, RIGHT, UNDECIDED)
    all_wrong = np.where(np.arange(1000) < 200, ERROR, UNDECIDED)
    assert Review(scores, none_wrong).left().high < 60
    assert Review(scores, all_wrong).outlook(50).low > 30


def test_a_random_sample_of_the_rest_narrows_the_interval() -> None:
    random = np.random.default_rng(5)
    scores, errors = two_heaps(random)
    outcomes = decided_from_the_top(scores, errors, 60)
    alone = Review(scores, outcomes)
    drawn = random.choice(alone.ranking, 150, replace=False)
    outcomes[drawn] = np.where(errors[drawn], ERROR, RIGHT)
    more = Review(scores, outcomes).left()
    assert more.high - more.low < (alone.left().high - alone.left().low) / 2


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 1.0, 0.5, 0.3, 0.3001, 1e-9]) | st.floats(0, 1), st.sampled_from([-1, 0, 1])),
        max_size=60,
    ),
    st.integers(0, 80),
)
def test_any_ranking_has_a_sane_outlook(rows: list[tuple[float, int]], count: int) -> None:
    scores = np.array([score for score, _ in rows])
    outcomes = np.array([outcome for _, outcome in rows], np.int64)
    review = Review(scores, outcomes)
    undecided = int((outcomes == UNDECIDED).sum())
    outlook = review.outlook(count)
    assert outlook.rows == min(count, undecided)
    assert 0 <= outlook.low <= outlook.expected <= outlook.high <= outlook.rows
    assert review.left() == review.outlook(undecided)
    assert (np.diff(scores[review.ranking]) <= 0).all()
    assert (np.diff(review.probabilities()) <= 1e-9).all()
    assert ((review.probabilities() >= 0) & (review.probabilities() <= 1)).all()
    assert Review(scores, outcomes).left() == review.left()


@pytest.mark.parametrize(
    ("scores", "outcomes", "said"),
    [
        ([0.1], [0, 1], "every row a score"),
        ([0.1], [2], "an outcome that is -1, 0 or 1"),
        ([1.1], [0], "from 0 to 1"),
        ([np.nan], [-1], "from 0 to 1"),
    ],
)
def test_other_numbers_are_refused(scores: list[float], outcomes: list[int], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Review(np.array(scores), np.array(outcomes))
