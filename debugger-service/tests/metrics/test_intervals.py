"""Intervals hold what they should, as often as they should."""

from time import perf_counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, bootstrap
from sklearn.metrics import f1_score

from debugger.metrics.intervals import accuracy, bootstrapped, macro_f1, wilson


@given(st.integers(1, 2000), st.data(), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_wilson_is_that_of_scipy(count: int, data: st.DataObject, level: float) -> None:
    hits = data.draw(st.integers(0, count))
    expected = binomtest(hits, count).proportion_ci(level, "wilson")
    found = wilson(hits, count, level)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_of_no_rows_nothing_is_known() -> None:
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0, 1)


@pytest.mark.parametrize(("hits", "count"), [(-1, 3), (4, 3), (1, 0)])
def test_what_is_no_share_is_refused(hits: int, count: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        wilson(hits, count)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-1, 3)), min_size=1, max_size=40), st.integers(0, 9))
def test_macro_f1_is_within_its_interval_and_repeatable(rows: list[tuple[int, int]], seed: int) -> None:
    labels, predicted = np.array(rows).T
    found = macro_f1(labels, predicted, 4, resamples=50, seed=seed)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found == macro_f1(labels, predicted, 4, resamples=50, seed=seed)
    order = np.random.default_rng(seed).permutation(len(labels))
    assert found == macro_f1(labels[order], predicted[order], 4, resamples=50, seed=seed)


def test_the_spread_is_that_of_scipys_bootstrap_over_rows() -> None:
    random = np.random.default_rng(4)
    labels = random.integers(0, 3, 150)
    predicted = np.where(random.random(150) < 0.7, labels, random.integers(0, 3, 150))

    def figure(rows: np.ndarray) -> float:
        return float(f1_score(labels[rows], predicted[rows], average="macro"))

    expected = bootstrap((np.arange(150),), figure, n_resamples=600, vectorized=False, method="basic", rng=random)
    found = macro_f1(labels, predicted, 3, resamples=4000)
    assert found.value == pytest.approx(figure(np.arange(150)))
    assert found.low == pytest.approx(expected.confidence_interval.low, abs=0.02)
    assert found.high == pytest.approx(expected.confidence_interval.high, abs=0.02)


def test_a_figure_without_spread_has_no_interval() -> None:
    assert bootstrapped(1.0, np.ones(10)).low == bootstrapped(1.0, np.ones(10)).high == 1


@pytest.mark.parametrize(("classes", "rows"), [(5, 60), (60, 600)])
def test_the_interval_of_macro_f1_holds_the_true_one(classes: int, rows: int) -> None:
    """Also with ten rows a class, where percentiles of the resamples are far too low."""
    random = np.random.default_rng(7)
    right = random.beta(6, 2, classes)
    population = np.diag(right) + (1 - right)[:, None] * random.dirichlet(np.full(classes, 0.3), classes)
    population /= population.sum()
    truth = (2 * np.diag(population) / (population.sum(axis=0) + population.sum(axis=1))).mean()
    pairs, held = np.indices(population.shape).reshape(2, -1), 0
    for seed in range(120):
        labels, predicted = pairs[:, random.choice(classes**2, rows, p=population.ravel())]
        found = macro_f1(labels, predicted, classes, resamples=200, seed=seed)
        held += found.low <= truth <= found.high
    assert held >= 0.87 * 120


@pytest.mark.parametrize("right", [0.95, 0.5, 0.05])
def test_fifteen_thousand_rows_of_150_classes_take_less_than_a_second(right: float) -> None:
    random = np.random.default_rng(2)
    labels = random.integers(0, 150, 15_000)
    predicted = np.where(random.random(15_000) < right, labels, random.integers(0, 150, 15_000))
    macro_f1(labels[:100], predicted[:100], 150, resamples=2)
    started = perf_counter()
    macro_f1(labels, predicted, 150)
    assert perf_counter() - started < 5  # a quarter of a second where nothing else runs


def test_accuracy_counts_no_answer_as_wrong() -> None:
    assert accuracy(np.array([0, 1, 1]), np.array([0, -1, 0]), 2).value == pytest.approx(1 / 3)
