"""The learned curve rises with the score, and follows decisions where there are any."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from debugger.metrics.error_curve import BINS, learned


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 300), st.integers(0, 99))
def test_every_curve_rises_with_the_score(rows: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    scores = random.random(rows)
    curve = learned(scores, random.random(rows) < 0.5, random.random(rows) < 0.5)
    curves = curve.draw(20, random)
    assert curves.shape == (20, curve.bin_of_row.max() + 1)
    assert curves.shape[1] <= BINS + 1
    assert (np.diff(curves, axis=1) >= 0).all()
    assert (np.diff(curve.bin_of_row[np.argsort(scores)]) >= 0).all()


def test_with_many_decisions_it_is_the_isotonic_regression() -> None:
    random = np.random.default_rng(2)
    scores = random.random(40_000)
    errors = random.random(40_000) < 0.05 + 0.6 * scores**3
    curve = learned(scores, np.ones(40_000, bool), errors)
    found = np.median(curve.draw(200, random), axis=0)[curve.bin_of_row]
    expected = IsotonicRegression().fit_transform(scores, errors)
    assert np.abs(found - expected).mean() < 0.02
    assert np.abs(found - (0.05 + 0.6 * scores**3)).mean() < 0.02


def test_single_precision_scores_are_taken() -> None:
    scores = np.array([0, 1, 0.5], np.float32)
    curves = learned(scores, np.array([True, False, False]), np.zeros(3, bool)).draw(5, np.random.default_rng(0))
    assert np.isfinite(curves).all()


def test_equal_scores_are_one_bin() -> None:
    scores = np.full(500, 0.3)
    decided = np.arange(500) < 400
    curve = learned(scores, decided, np.arange(500) < 100)
    assert np.median(curve.draw(500, np.random.default_rng(0))) == pytest.approx(0.25, abs=0.02)
