"""Which class numbers are taken, and how rows are counted by them."""

import numpy as np
import pytest

from debugger.metrics.rows import cells_of, checked


@pytest.mark.parametrize(
    ("labels", "predicted", "said"),
    [
        ([], [], "at least one"),
        ([0, 1], [0], "as many of each"),
        ([-1, 0], [0, 0], "leave out the rows without a label"),
        ([3, 0], [0, 0], "labels must be from 0 to 2"),
        ([0], [3], "answers must be from 0 to 2"),
        ([0], [-2], "or -1 where there is none"),
    ],
)
def test_numbers_out_of_range_are_refused(labels: list[int], predicted: list[int], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        checked(np.array(labels, np.int64), np.array(predicted, np.int64), 3)


def test_no_answer_is_taken() -> None:
    checked(np.array([0, 2]), np.array([-1, 2]), 3)


def test_rows_with_the_same_numbers_are_one_cell() -> None:
    cells = cells_of(np.array([1, 0, 1, 1]), np.array([2, -1, 2, 0]))
    assert cells.members.tolist() == [[0, 1, 1], [-1, 0, 2]]
    assert cells.counts.tolist() == [1, 1, 2]
