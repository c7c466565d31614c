"""Probabilities that come true, and a threshold that parts what is in scope from what is not."""

import numpy as np
import pytest

from intent.card import KNOTS, Calibration
from intent.classifier import calibrated
from intent.training.calibration import calibrate, calibration_error, scope_threshold


def drawn(rows: int, labels: int, slopes: list[float], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return margins, and labels that are drawn with the probabilities of a calibration."""
    random = np.random.default_rng(seed)
    margins = random.normal(-1, 0.2, (rows, labels))
    margins[np.arange(rows), random.integers(0, labels, rows)] += random.uniform(0, 2.5, rows)
    probabilities = calibrated(margins, Calibration(slopes=slopes))
    return margins, (probabilities.cumsum(axis=1) > random.random((rows, 1))).argmax(axis=1)


@pytest.mark.parametrize("labels", [2, 7, 40])
def test_it_finds_the_calibration_that_made_the_labels(labels: int) -> None:
    slopes = [6.0, 6.0, 4.0, 2.0, 1.0, 1.0]
    margins, truth = drawn(20_000, labels, slopes, 1)
    fresh, fresh_truth = drawn(20_000, labels, slopes, 2)
    found = calibrated(fresh, calibrate(margins, truth))
    plain = calibrated(fresh, Calibration(slopes=[1.0] * (len(KNOTS) + 1)))
    assert calibration_error(found, fresh_truth) < 0.02 < calibration_error(plain, fresh_truth)


def test_the_calibration_error_is_the_gap_between_confidence_and_what_comes_true() -> None:
    probabilities = np.array([[0.9, 0.1]] * 10)
    assert calibration_error(probabilities, np.array([0] * 9 + [1])) == pytest.approx(0)
    assert calibration_error(probabilities, np.array([0] * 5 + [1] * 5)) == pytest.approx(0.4)


def test_the_threshold_parts_what_can_be_parted() -> None:
    inside, outside = np.array([0.5, 0.6, 0.9]), np.array([-0.5, 0.1, 0.3])
    assert scope_threshold(inside, outside) == pytest.approx(0.4)
    assert scope_threshold(inside, np.empty(0)) is None
    assert scope_threshold(np.empty(0), outside) is None
