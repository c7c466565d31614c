"""Accuracy and macro F1 of weighted cells are those of scikit-learn on the rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score

from debugger.metrics.f1 import accuracies, macro_f1s
from debugger.metrics.rows import cells_of

ROWS = st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 4)), min_size=1, max_size=60)


@given(ROWS, st.integers(1, 4))
def test_both_are_those_of_scikit_learn(rows: list[tuple[int, int]], times: int) -> None:
    labels, predicted = np.array(rows).T
    occurring = np.unique(np.concatenate([labels, predicted[predicted >= 0]]))
    cells = cells_of(labels, predicted)
    counts = np.stack([cells.counts, times * cells.counts])
    expected = f1_score(labels, predicted, labels=occurring, average="macro", zero_division=0)
    assert macro_f1s(counts, cells.members, 5) == pytest.approx([expected] * 2)
    assert accuracies(counts, cells.members) == pytest.approx([accuracy_score(labels, predicted)] * 2)


@given(ROWS, st.data())
def test_rows_that_are_not_drawn_do_not_count(rows: list[tuple[int, int]], data: st.DataObject) -> None:
    kept = data.draw(st.lists(st.sampled_from(rows), min_size=1))
    cells = cells_of(*np.array(rows).T)
    counts = np.array([[kept.count((label, answer)) for label, answer in cells.members.T.tolist()]])
    alone = cells_of(*np.array(kept).T)
    assert macro_f1s(counts, cells.members, 5) == pytest.approx(macro_f1s(alone.counts[None], alone.members, 5))
