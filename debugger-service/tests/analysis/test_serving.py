"""What a served model said, as probabilities of the classes that the data has."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debugger.analysis.serving import probabilities

CLASSES = ["a", "b", "c", "d"]
NUMBERS = np.array([2, 5, 9])


def test_confidences_stay_and_the_rest_is_spread_over_the_classes_that_are_not_named() -> None:
    found = probabilities([(5, ["c", "a"], [0.7, 0.2])], NUMBERS, CLASSES)
    assert found[1] == pytest.approx([0.2, 0.05, 0.7, 0.05])
    assert np.isnan(found[[0, 2]]).all()


def test_what_is_said_of_unknown_labels_makes_no_other_label_surer() -> None:
    found = probabilities([(9, ["x", "b"], [0.9, 0.1])], NUMBERS, CLASSES)
    assert found[2] == pytest.approx([0.3, 0.1, 0.3, 0.3])


def test_rows_that_are_not_analysed_and_no_classes_at_all_are_left_out() -> None:
    assert np.isnan(probabilities([(3, ["a"], [1.0]), (10, ["a"], [1.0])], NUMBERS, CLASSES)).all()
    assert probabilities([(2, ["a"], [1.0])], NUMBERS, []).shape == (3, 0)


def test_confidences_of_nothing_say_nothing() -> None:
    assert probabilities([(2, CLASSES, [0.0] * 4)], NUMBERS, CLASSES)[0] == pytest.approx([0.25] * 4)


@given(st.lists(st.tuples(st.sampled_from([*CLASSES, "x", "y"]), st.floats(0, 1)), unique_by=lambda each: each[0]))
def test_every_row_that_something_is_said_of_sums_to_1(said: list[tuple[str, float]]) -> None:
    labels, confidences = [label for label, _ in said], [value for _, value in said]
    found = probabilities([(2, labels, confidences)], NUMBERS, CLASSES)[0]
    assert found.sum() == pytest.approx(1, abs=1e-5)
    assert (found >= 0).all()
