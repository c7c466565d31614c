"""The best, and those that are listed."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from debugger.issues.ranking import best, grouped, listed


def test_the_best_are_first_and_the_earlier_of_equals() -> None:
    assert best(np.array([0.1, 0.9, 0.5, 0.9]), 3).tolist() == [1, 3, 2]
    assert best(np.array([])).tolist() == []


@given(st.lists(st.integers(0, 5)))
def test_groups_are_all_rows_once_by_key(keys: list[int]) -> None:
    order, starts = grouped(np.array(keys, np.int64))
    parts = np.split(order, starts[1:]) if keys else []
    assert [sorted({keys[at] for at in part}) for part in parts] == [[key] for key in sorted(set(keys))]


def test_at_most_twenty_are_listed() -> None:
    assert listed(np.arange(100) + 1, np.arange(50)) == list(range(1, 21))
