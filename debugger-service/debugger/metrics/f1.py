"""Accuracy and macro F1 of many weightings of the same cells at once."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Shares: TypeAlias = NDArray[np.float64]
Counts: TypeAlias = NDArray[np.int64]


def accuracies(counts: Counts, members: Counts) -> Shares:
    """Return (b,) the shares of right answers where each of c cells, (label, answer) in `members`, (2, c), has as many
    rows as `counts`, (b, c), says.
    """
    labels, predicted = members
    return np.asarray(counts[:, labels == predicted].sum(axis=1) / counts.sum(axis=1), np.float64)


def macro_f1s(counts: Counts, members: Counts, classes: int) -> Shares:
    """Return (b,) the mean F1 of the classes that occur among labels or answers, of cells as for `accuracies`."""
    labels, predicted = members
    hits, answered = labels == predicted, predicted >= 0
    right = _sum_by(counts[:, hits], labels[hits], classes)
    both = _sum_by(counts, labels, classes) + _sum_by(counts[:, answered], predicted[answered], classes)
    f1s = np.divide(2 * right, both, out=np.zeros(right.shape), where=both > 0)
    return np.asarray(f1s.sum(axis=1) / (both > 0).sum(axis=1))


def _sum_by(counts: Counts, groups: Counts, size: int) -> Counts:
    ones = np.ones(len(groups), np.int64)
    membership = csr_array((ones, (np.arange(len(groups)), groups)), shape=(len(groups), size))
    return np.asarray(counts @ membership)
