"""Figures of every class and their averages are those of scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import classification_report

from debugger.metrics.classification import AVERAGES, figures

ROWS = st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 4)), min_size=1, max_size=50)


@settings(deadline=None)
@given(ROWS)
def test_figures_are_those_of_scikit_learns_report(rows: list[tuple[int, int]]) -> None:
    labels, predicted = np.array(rows).T
    occurring = sorted({label for row in rows for label in row if label >= 0})
    found = figures(labels, predicted, 5)
    report = classification_report(labels, predicted, labels=occurring, output_dict=True, zero_division=0)
    for number in occurring:
        figure, expected = found.classes[number], report[str(number)]
        assert (figure.precision.value, figure.recall.value, figure.f1, figure.support) == pytest.approx(
            (expected["precision"], expected["recall"], expected["f1-score"], expected["support"])
        )
    for average in ("macro", "weighted"):
        expected, averaged = report[f"{average} avg"], found.averages[average]
        assert (averaged.precision, averaged.recall, averaged.f1) == pytest.approx(
            (expected["precision"], expected["recall"], expected["f1-score"])
        )
    assert found.macro_f1.value == pytest.approx(found.averages["macro"].f1)


@settings(deadline=None)
@given(ROWS)
def test_figures_hold_together(rows: list[tuple[int, int]]) -> None:
    labels, predicted = np.array(rows).T
    found = figures(labels, predicted, 5)
    assert [each.number for each in found.classes] == list(range(5))
    assert sum(each.support for each in found.classes) == found.rows == len(rows)
    assert sum(each.predicted for each in found.classes) + found.unanswered == len(rows)
    assert set(found.averages) == set(AVERAGES)
    assert found.averages["micro"].recall == pytest.approx(found.accuracy.value)
    assert found.averages["weighted"].recall == pytest.approx(found.accuracy.value)


def test_a_class_that_does_not_occur_is_known_nothing_of() -> None:
    (_, absent) = figures(np.array([0]), np.array([0]), 2).classes
    assert (absent.support, absent.predicted, absent.f1) == (0, 0, 0)
    assert (absent.recall.low, absent.recall.high) == (0, 1)
