"""Which classes are taken for which."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
from scipy.spatial.distance import squareform

from debugger.metrics.rows import Classes, checked

MAX_OPTIMAL: Final = 400
"""Classes whose leaves are put in the best order, which costs their number to the third; beyond, in any order."""

Matrix = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Confused:
    """How often rows of a class got another one for an answer."""

    label: int
    predicted: int
    count: int
    share: float
    """Of the rows of `label`."""


@dataclass(frozen=True, slots=True)
class ConfusedPair:
    """Two classes, the lesser first, and how often either was taken for the other."""

    classes: tuple[int, int]
    count: int
    share: float
    """Of the rows of both."""


def confusion_matrix(labels: Classes, predicted: Classes, classes: int) -> Matrix:
    """Return (k, k) how many rows of each label, down, have each answer, across; rows without an answer in none.

    Raises ValueError as `checked` says.
    """
    checked(labels, predicted, classes)
    answered = predicted >= 0
    keys = labels[answered].astype(np.int64) * classes + predicted[answered]
    return np.bincount(keys, minlength=classes * classes).reshape(classes, classes)


def most_confused(matrix: Matrix, limit: int) -> list[Confused]:
    """Return the at most `limit` cells off the diagonal with the most rows, of equals the larger share first."""
    support = matrix.sum(axis=1)
    found = [
        Confused(label, predicted, int(matrix[label, predicted]), float(matrix[label, predicted] / support[label]))
        for label, predicted in np.argwhere(_off_diagonal(matrix)).tolist()
    ]
    return sorted(found, key=lambda each: (-each.count, -each.share, each.label, each.predicted))[:limit]


def most_confused_pairs(matrix: Matrix, limit: int) -> list[ConfusedPair]:
    """Return the at most `limit` pairs taken for each other in the most rows, of equals the larger share first."""
    both_ways = np.triu(_off_diagonal(matrix) + _off_diagonal(matrix).T)
    support = matrix.sum(axis=1)
    found = [
        ConfusedPair(
            (one, other), int(both_ways[one, other]), float(both_ways[one, other] / support[[one, other]].sum())
        )
        for one, other in np.argwhere(both_ways).tolist()
    ]
    return sorted(found, key=lambda each: (-each.count, -each.share, each.classes))[:limit]


def side_by_side(matrix: Matrix) -> NDArray[np.int64]:
    """Return (k,) the classes in an order that puts those next to each other that are taken for each other.

    The leaves of average-linkage clustering by the share of rows confused, ordered so that neighbours are as alike as
    can be (Bar-Joseph, Gifford & Jaakkola 2001, "Fast optimal leaf ordering for hierarchical clustering"). Classes that
    are confused with none keep their order, after the others.
    """
    confused = _off_diagonal(matrix)
    mixed = np.flatnonzero(confused.sum(axis=0) + confused.sum(axis=1))
    alone = np.setdiff1d(np.arange(len(matrix)), mixed)
    return np.concatenate([mixed[_ordered(matrix[np.ix_(mixed, mixed)])], alone])


def _ordered(matrix: Matrix) -> NDArray[np.int64]:
    if len(matrix) < 3:
        return np.arange(len(matrix))
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    distances = np.clip(1 - (shares + shares.T) / 2, 0.0, 1.0)
    np.fill_diagonal(distances, 0.0)
    condensed = squareform(distances, checks=False)
    tree = linkage(condensed, method="average")
    if len(matrix) <= MAX_OPTIMAL:
        tree = optimal_leaf_ordering(tree, condensed)
    return np.asarray(leaves_list(tree), np.int64)


def _off_diagonal(matrix: Matrix) -> Matrix:
    return matrix - np.diag(np.diagonal(matrix))
