"""How often the out-of-sample model takes the rows of one class for another."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from debugger.evidence import Evidence

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Quality:
    """Of predictions against labels."""

    accuracy: float
    macro_f1: float
    """The mean over the classes that have rows."""


@dataclass(frozen=True)
class ConfusedPairs:
    """Pairs of classes that are confused in both directions; `forth[i]` rows of `one[i]` were taken for `other[i]`."""

    one: Integers
    other: Integers
    forth: Integers
    back: Integers
    p_values: Floats
    """That so many in both directions are chance, times the number of pairs of classes (Bonferroni); at most 1."""


def confused_pairs(evidence: Evidence, least: int) -> ConfusedPairs:
    """Return pairs of classes with at least `least` confusions in each direction, in order.

    By chance the errors of a class fall on the others in proportion to how many rows these have.
    """
    count = len(evidence.classes)
    labels = evidence.labels[evidence.labeled].astype(np.int64)
    predicted = evidence.predicted[evidence.labeled].astype(np.int64)
    wrong = labels != predicted
    codes, rows = np.unique(labels[wrong] * count + predicted[wrong], return_counts=True)
    found = dict(zip(codes.tolist(), rows.tolist()))
    both = [
        (*divmod(code, count), forth, found[mirrored])
        for code, forth in found.items()
        if (mirrored := code % count * count + code // count) > code and min(forth, found.get(mirrored, 0)) >= least
    ]
    one, other, forth, back = np.array(both, np.int64).reshape(-1, 4).T
    sizes, errors = np.bincount(labels, minlength=count), np.bincount(labels[wrong], minlength=count)
    p_values = np.maximum(_chance(forth, one, other, sizes, errors), _chance(back, other, one, sizes, errors))
    return ConfusedPairs(one, other, forth, back, np.minimum(1, p_values * count * (count - 1) / 2))


def quality(labels: NDArray[Any], predicted: NDArray[Any], count: int) -> Quality:
    """Return how well `predicted` gives `labels`, both (n,) of `count` classes."""
    right = np.bincount(labels[labels == predicted], minlength=count)
    given, said = np.bincount(labels, minlength=count), np.bincount(predicted, minlength=count)
    there = given > 0
    f1 = 2 * right[there] / (given[there] + said[there])
    return Quality(float(right.sum() / max(1, len(labels))), float(f1.mean()) if len(f1) else 0.0)


def _chance(rows: Integers, of: Integers, taken_for: Integers, sizes: Integers, errors: Integers) -> Floats:
    share = sizes[taken_for] / np.maximum(1, sizes.sum() - sizes[of])
    tail: Floats = binom.sf(rows - 1, errors[of], np.minimum(1, share))
    return tail
