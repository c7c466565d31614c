"""Loading a model, and from margins to probabilities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from intent.card import KNOTS, Calibration
from intent.classifier import calibrated, pieces

MARGINS = arrays(np.float64, (3, 4), elements=st.floats(-5, 5))
SLOPES = st.lists(st.floats(0.05, 100), min_size=len(KNOTS) + 1, max_size=len(KNOTS) + 1)


@given(MARGINS)
def test_the_pieces_of_a_margin_add_up_to_it(margins: np.ndarray) -> None:
    assert pieces(margins).sum(axis=2) == pytest.approx(margins - KNOTS[0])


@given(MARGINS, SLOPES)
def test_calibration_keeps_the_order_and_gives_probabilities(margins: np.ndarray, slopes: list[float]) -> None:
    probabilities = calibrated(margins, Calibration(slopes=slopes))
    assert probabilities.sum(axis=1) == pytest.approx(1)
    for row, margin in zip(probabilities, margins):
        ordered = row[np.argsort(margin)]
        assert (np.diff(ordered) >= -1e-12).all()


def test_equal_slopes_are_a_temperature() -> None:
    margins = np.array([[1.4, -0.3, 0.2]])
    exponentials = np.exp(3 * margins)
    assert calibrated(margins, Calibration(slopes=[3.0] * (len(KNOTS) + 1))) == pytest.approx(
        exponentials / exponentials.sum()
    )
