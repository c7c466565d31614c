"""Who is taken for whom, and an order of classes that shows it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import confusion_matrix as expected_matrix

from debugger.metrics.confusion import (
    MAX_OPTIMAL,
    Confused,
    ConfusedPair,
    confusion_matrix,
    most_confused,
    most_confused_pairs,
    side_by_side,
)

MATRICES = st.integers(1, 9).flatmap(lambda size: arrays(np.int64, (size, size), elements=st.integers(0, 5)))


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 4)), min_size=1, max_size=50))
def test_the_matrix_is_that_of_scikit_learn(rows: list[tuple[int, int]]) -> None:
    labels, predicted = np.array(rows).T
    expected = expected_matrix(labels, predicted, labels=range(-1, 5))[1:, 1:]
    assert (confusion_matrix(labels, predicted, 5) == expected).all()


def test_the_most_confused_come_first() -> None:
    matrix = np.array([[6, 4, 0], [1, 9, 4], [3, 0, 1]])
    assert most_confused(matrix, 3) == [
        Confused(0, 1, 4, 0.4),
        Confused(1, 2, 4, 4 / 14),
        Confused(2, 0, 3, 0.75),
    ]
    assert most_confused_pairs(matrix, 2) == [ConfusedPair((0, 1), 5, 5 / 24), ConfusedPair((1, 2), 4, 4 / 18)]


@given(MATRICES)
def test_all_confusions_are_counted_once(matrix: np.ndarray) -> None:
    off_diagonal = matrix.sum() - np.trace(matrix)
    assert sum(each.count for each in most_confused(matrix, 100)) == off_diagonal
    assert sum(each.count for each in most_confused_pairs(matrix, 100)) == off_diagonal
    assert all(0 < each.share <= 1 for each in most_confused(matrix, 100) + most_confused_pairs(matrix, 100))


@given(MATRICES)
def test_the_order_has_every_class_once(matrix: np.ndarray) -> None:
    assert sorted(side_by_side(matrix).tolist()) == list(range(len(matrix)))


@pytest.mark.parametrize("size", [12, MAX_OPTIMAL + 2])
def test_classes_that_are_confused_stand_side_by_side(size: int) -> None:
    matrix = np.diag(np.full(size, 20))
    half = size // 2
    for number in range(half - 1):
        matrix[number, number + half] = matrix[number + half, number] = 8
    place = np.argsort(side_by_side(matrix))
    assert all(abs(int(place[number] - place[number + half])) == 1 for number in range(half - 1))
    assert side_by_side(matrix)[-2:].tolist() == [half - 1, size - 1]
