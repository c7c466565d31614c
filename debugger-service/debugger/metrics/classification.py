"""Precision, recall and F1 of every class and over all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from sklearn.metrics import precision_recall_fscore_support

from debugger.metrics.intervals import LEVEL, Interval, accuracy, macro_f1, wilson
from debugger.metrics.resampling import SEED
from debugger.metrics.rows import Classes, checked

Average = Literal["micro", "macro", "weighted"]
AVERAGES: Final[tuple[Average, ...]] = ("micro", "macro", "weighted")


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """Of one class; a share of nothing has the value 0 and the interval from 0 to 1."""

    number: int
    support: int
    """Rows that have it for a label."""

    predicted: int
    """Rows that have it for an answer."""

    precision: Interval
    recall: Interval
    f1: float


@dataclass(frozen=True, slots=True)
class Averaged:
    """Over the classes that occur among labels or answers."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Figures:
    """How right the answers to n rows are."""

    rows: int
    unanswered: int
    """Rows without an answer, which count as wrong."""

    accuracy: Interval
    macro_f1: Interval
    averages: dict[Average, Averaged]
    classes: tuple[ClassFigures, ...]
    """Of all k classes, in order."""


def figures(labels: Classes, predicted: Classes, classes: int, level: float = LEVEL, seed: int = SEED) -> Figures:
    """Return all figures of (n,) answers to rows with labels; raises ValueError as `checked` says.

    What would be divided by 0 is 0. Precision and recall have Wilson's interval, macro F1 a bootstrapped one.
    """
    checked(labels, predicted, classes)
    occurring = np.unique(np.concatenate([labels, predicted[predicted >= 0]])).tolist()
    return Figures(
        rows=len(labels),
        unanswered=int((predicted < 0).sum()),
        accuracy=accuracy(labels, predicted, classes, level),
        macro_f1=macro_f1(labels, predicted, classes, level, seed=seed),
        averages={average: _averaged(labels, predicted, occurring, average) for average in AVERAGES},
        classes=_per_class(labels, predicted, classes, level),
    )


def _averaged(labels: Classes, predicted: Classes, occurring: Sequence[int], average: Average) -> Averaged:
    precision, recall, f1, _ = precision_recall_fscore_support(
        labels, predicted, labels=occurring, average=average, zero_division=0
    )
    return Averaged(float(precision), float(recall), float(f1))


def _per_class(labels: Classes, predicted: Classes, classes: int, level: float) -> tuple[ClassFigures, ...]:
    right = np.bincount(labels[labels == predicted], minlength=classes).tolist()
    support = np.bincount(labels, minlength=classes).tolist()
    answered = np.bincount(predicted[predicted >= 0], minlength=classes).tolist()
    return tuple(
        ClassFigures(
            number, there, found, wilson(hits, found, level), wilson(hits, there, level), _f1(hits, there, found)
        )
        for number, (hits, there, found) in enumerate(zip(right, support, answered))
    )


def _f1(right: int, support: int, predicted: int) -> float:
    return 2 * right / (support + predicted) if right else 0.0
