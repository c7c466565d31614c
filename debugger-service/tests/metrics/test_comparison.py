"""Two models on the same rows, by the labels as given and as cleaned."""

import numpy as np
import pytest

from debugger.metrics.comparison import compare

RANDOM = np.random.default_rng(3)
TRUE = RANDOM.integers(0, 6, 600)
GIVEN = np.where(RANDOM.random(600) < 0.1, RANDOM.integers(0, 6, 600), TRUE)
BEFORE = np.where(RANDOM.random(600) < 0.75, TRUE, RANDOM.integers(0, 6, 600))
AFTER = np.where(RANDOM.random(600) < 0.95, TRUE, RANDOM.integers(0, 6, 600))


def test_both_sets_of_labels_are_judged_side_by_side() -> None:
    found = compare(BEFORE, AFTER, GIVEN, TRUE, 6)
    assert found.given is not None
    assert found.cleaned is not None
    assert found.given.accuracy_before.value == (BEFORE == GIVEN).mean()
    assert found.cleaned.accuracy_after.value == (AFTER == TRUE).mean()
    assert found.given.better == found.cleaned.better == "after"
    assert found.cleaned.accuracy_difference.interval.low > 0
    assert found.changed == (GIVEN != TRUE).sum()


def test_a_gain_read_backwards_is_a_loss() -> None:
    found = compare(AFTER, BEFORE, GIVEN, GIVEN, 6)
    assert found.given is not None
    assert found.given.better == "before"


def test_the_same_answers_decide_nothing() -> None:
    found = compare(BEFORE, BEFORE, GIVEN, GIVEN, 6)
    assert found.given is not None
    assert found.given.better == "undecided"
    assert found.given.mcnemar.exact == 1


def test_nothing_is_warned_of_where_no_label_changed() -> None:
    found = compare(BEFORE, AFTER, GIVEN, GIVEN, 6)
    assert found.warnings == ()
    assert found.given == found.cleaned


def test_changed_labels_are_warned_of_with_whose_answers_they_follow() -> None:
    given, before, after = np.array([0, 0, 0, 0]), np.array([1, 1, 0, 0]), np.array([1, 2, 0, 0])
    (warning,) = compare(before, after, given, np.array([1, 2, 1, 0]), 3).warnings
    assert warning.startswith("3 rows of 4 for testing changed, looked at with a model's answers in sight: ")
    assert "1 now have the label that the model before answers, 2 that of the model after." in warning


def test_rows_without_a_label_are_left_out_and_told() -> None:
    given, cleaned = np.array([0, 1, 2, -1]), np.array([0, -1, 2, -1])
    found = compare(np.array([0, -1, 1, 1]), np.array([0, 1, 2, 2]), given, cleaned, 3)
    assert found.given is not None
    assert found.cleaned is not None
    assert (found.rows, found.given.rows, found.cleaned.rows, found.changed) == (4, 3, 2, 1)
    changed, gone = found.warnings
    assert "0 now have the label that the model before answers" in changed
    assert gone.startswith("1 row for testing without a label in the cleaned data")


def test_without_any_label_there_is_no_judgement() -> None:
    none = np.array([-1, -1])
    found = compare(np.array([0, 1]), np.array([0, 1]), none, none, 2)
    assert found.given is None
    assert found.cleaned is None


def test_other_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="four arrays of one length"):
        compare(BEFORE, AFTER[:-1], GIVEN, TRUE, 6)
    with pytest.raises(ValueError, match="answers must be from 0 to 4"):
        compare(BEFORE, AFTER, np.zeros(600, np.int64), np.zeros(600, np.int64), 5)
