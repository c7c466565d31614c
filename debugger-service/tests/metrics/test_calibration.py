"""Confidences against how often they are right."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss

from debugger.metrics.calibration import Calibration, brier, calibration

Drawn = tuple[np.ndarray, np.ndarray]


def drawn(rows: int, classes: int, sharpness: float, random: np.random.Generator) -> Drawn:
    """Return stated probabilities and labels drawn from those raised to the power `sharpness`."""
    stated = random.dirichlet(np.full(classes, 0.4), rows)
    true = stated**sharpness
    true /= true.sum(axis=1, keepdims=True)
    return stated, np.minimum((true.cumsum(axis=1) < random.random((rows, 1))).sum(axis=1), classes - 1)


def judged(probabilities: np.ndarray, labels: np.ndarray, **options: int) -> Calibration:
    return calibration(probabilities.max(axis=1), probabilities.argmax(axis=1) == labels, **options)


@settings(deadline=None)
@given(st.integers(1, 80), st.integers(2, 5), st.integers(0, 99))
def test_bins_hold_all_rows_in_the_order_of_confidence(rows: int, classes: int, seed: int) -> None:
    probabilities, labels = drawn(rows, classes, 1.0, np.random.default_rng(seed))
    found = judged(probabilities, labels, bins=7, resamples=20)
    assert sum(each.rows for each in found.bins) == rows
    assert max(each.rows for each in found.bins) - min(each.rows for each in found.bins) <= 1
    assert all(each.low <= each.confidence + 1e-12 and each.confidence <= each.high + 1e-12 for each in found.bins)
    assert all(one.high <= other.low for one, other in zip(found.bins, found.bins[1:]))
    gaps = [each.rows * abs(each.accuracy.value - each.confidence) for each in found.bins]
    assert found.error.value == pytest.approx(sum(gaps) / rows)
    assert 0 <= found.error.low <= found.error.value <= found.error.high <= 1


@settings(deadline=None)
@given(st.integers(2, 60), st.integers(3, 5), st.integers(0, 99))
def test_brier_is_that_of_scikit_learn(rows: int, classes: int, seed: int) -> None:
    probabilities, labels = drawn(rows, classes, 1.0, np.random.default_rng(seed))
    expected = brier_score_loss(labels, probabilities, labels=range(classes))
    found = brier(probabilities, labels)
    assert found.value == pytest.approx(expected)
    assert 0 <= found.low <= found.value <= found.high <= 2


@pytest.mark.parametrize("sharpness", [1.0, 2.5, 0.5])
def test_the_interval_of_the_error_holds_the_true_one(sharpness: float) -> None:
    random, held = np.random.default_rng(11), 0
    for seed in range(100):
        stated, labels = drawn(600, 4, sharpness, random)
        true = stated**sharpness
        true /= true.sum(axis=1, keepdims=True)
        order = np.argsort(stated.max(axis=1), kind="stable")
        gaps = (true[np.arange(600), stated.argmax(axis=1)] - stated.max(axis=1))[order]
        error = sum(abs(part.sum()) for part in np.split(gaps, 15)) / 600
        found = judged(stated, labels, resamples=200, seed=seed).error
        held += found.low - 1e-12 <= error <= found.high
    assert held >= 85


def test_a_model_that_is_too_sure_is_seen() -> None:
    found = judged(*drawn(5000, 4, 0.5, np.random.default_rng(0)), resamples=100)
    assert found.error.low > 0.1
    assert found.bins[-1].accuracy.high < found.bins[-1].confidence


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda p, y: (np.where(p > 0, np.nan, p), y), "must be finite"),
        (lambda p, y: (p, y[:-1]), "as many of each"),
        (lambda p, y: (p, y - 1), "labels must be from 0"),
    ],
)
def test_bad_numbers_are_refused(break_it: Callable[[np.ndarray, np.ndarray], Drawn], said: str) -> None:
    probabilities, labels = drawn(20, 3, 1.0, np.random.default_rng(0))
    with pytest.raises(ValueError, match=said):
        brier(*break_it(probabilities, labels))


@pytest.mark.parametrize(
    ("confidences", "right", "said"),
    [([], [], "at least one"), ([0.5], [True, False], "as many of each"), ([np.nan], [True], "must be finite")],
)
def test_bad_confidences_are_refused(confidences: list[float], right: list[bool], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        calibration(np.array(confidences), np.array(right, np.bool_))
