"""Counts of confusions, and how well predictions do."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score

from debugger.evidence import Evidence
from debugger.issues.confusions import confused_pairs, quality

Build = Callable[..., Evidence]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1))
def test_quality_is_that_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    labels, predicted = np.array(pairs).T
    found = quality(labels, predicted, 5)
    assert found.accuracy == pytest.approx(accuracy_score(labels, predicted))
    given_labels = np.unique(labels)
    f1 = f1_score(labels, predicted, labels=given_labels, average="macro", zero_division=0)
    assert found.macro_f1 == pytest.approx(f1)


def test_pairs_are_counted_in_both_directions(build: Build) -> None:
    labels = ["a"] * 4 + ["b"] * 4 + ["c"] * 4
    predicted = [1, 1, 1, 0, 0, 0, 1, 1, 2, 2, 2, 0]
    evidence = build([str(at) for at in range(12)], labels, probabilities=np.eye(3)[predicted])
    pairs = confused_pairs(evidence, 2)
    assert [values.tolist() for values in (pairs.one, pairs.other, pairs.forth, pairs.back)] == [[0], [1], [3], [2]]
    # All 3 errors of a, and both of b, fall on one of two classes of equal size; there are 3 pairs.
    assert pairs.p_values[0] == pytest.approx(min(1, 3 * 0.25))
    assert not len(confused_pairs(evidence, 3).one)
