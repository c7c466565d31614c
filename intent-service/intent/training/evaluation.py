"""How good a model is on texts that nothing was chosen by, with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from intent.classifier import Scored, Scores
from intent.labels import Label
from intent.training.calibration import calibration_error

RESAMPLES: Final = 1000
LEVEL: Final = 0.95
POINTS: Final = 20
WORST: Final = 50
SUMMARY: Final = (
    "accuracy", "macro_f1", "weighted_f1", "macro_precision", "macro_recall", "weighted_precision", "weighted_recall",
)  # fmt: skip

Indices = NDArray[np.int64]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Interval:
    """A measured share and its 95 % interval by the percentile bootstrap over rows (Efron 1979)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class PerLabel:
    """Of one label: how many rows have it, and how often it was found and was right."""

    label: Label
    support: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Mistake:
    """A text that was taken for something else, and how surely."""

    text: str
    label: Label
    predicted: Label
    confidence: float


@dataclass(frozen=True)
class Coverage:
    """If only the surest share of the texts is answered: from which confidence on, and how much of it is right."""

    share: float
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Scope:
    """How well texts that are out of scope are told: all thresholds together, and at the chosen one."""

    rows: int
    auroc: Interval
    kept: float
    refused: float


@dataclass(frozen=True)
class Evaluation:
    """All that is measured; `confusion` has the true labels as rows and the predicted ones as columns."""

    rows: int
    accuracy: Interval
    macro_f1: Interval
    weighted_f1: Interval
    macro_precision: Interval
    macro_recall: Interval
    weighted_precision: Interval
    weighted_recall: Interval
    calibration_error: float
    calibration_error_before: float
    per_label: Sequence[PerLabel]
    confusion: Sequence[Sequence[int]]
    coverage: Sequence[Coverage]
    mistakes: Sequence[Mistake]
    scope: Scope | None
    unknown: int = 0
    """Rows for testing that are in no figure, for training lacks their labels."""


def evaluate(
    texts: Sequence[str], truth: Indices, scored: Scored, before: Scores, labels: Sequence[Label], seed: int
) -> Evaluation:
    """Judge what a model says of `texts`; `before` are the probabilities without calibration."""
    predicted = scored.probabilities.argmax(axis=1)
    keys = truth * len(labels) + predicted
    confusion = _confusion(keys, len(labels))
    draws = np.random.default_rng(seed).integers(0, len(truth), (RESAMPLES, len(truth)))
    resampled = np.array([_summary(_confusion(keys[draw], len(labels))) for draw in draws])
    low, high = np.quantile(resampled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    intervals = [Interval(*map(float, each)) for each in zip(_summary(confusion), low, high)]
    return Evaluation(
        rows=len(truth),
        **dict(zip(SUMMARY, intervals)),  # type: ignore[arg-type]
        calibration_error=calibration_error(scored.probabilities, truth),
        calibration_error_before=calibration_error(before, truth),
        per_label=_per_label(confusion, labels),
        confusion=confusion.tolist(),
        coverage=_coverage(scored.probabilities, truth),
        mistakes=_mistakes(texts, truth, scored.probabilities, labels),
        scope=None,
    )


def judge_scope(inside: NDArray[np.float64], outside: NDArray[np.float64], threshold: float | None, seed: int) -> Scope:
    """Judge the scores of texts within and out of scope; neither may be empty."""
    random = np.random.default_rng(seed)
    drawn = [
        auroc(random.choice(inside, len(inside)), random.choice(outside, len(outside))) for _ in range(RESAMPLES // 4)
    ]
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    limit = -np.inf if threshold is None else threshold
    area = Interval(auroc(inside, outside), float(low), float(high))
    return Scope(len(outside), area, float((inside >= limit).mean()), float((outside < limit).mean()))


def auroc(inside: NDArray[np.float64], outside: NDArray[np.float64]) -> float:
    """Return how probably a text in scope scores higher than one that is out of scope."""
    is_inside = np.concatenate([np.ones(len(inside)), np.zeros(len(outside))])
    return float(roc_auc_score(is_inside, np.concatenate([inside, outside])))


def _confusion(keys: Indices, labels: int) -> Counts:
    return np.bincount(keys, minlength=labels * labels).reshape(labels, labels)


def _rates(confusion: Counts) -> tuple[Scores, Scores, Scores, Scores]:
    """Return each label's precision, recall and F1, 0 where nothing is to be divided by, and its share of the rows."""
    right = np.diagonal(confusion).astype(np.float64)
    found, there = confusion.sum(axis=0), confusion.sum(axis=1)
    precision = np.divide(right, found, out=np.zeros_like(right), where=found > 0)
    recall = np.divide(right, there, out=np.zeros_like(right), where=there > 0)
    f1 = np.divide(2 * right, found + there, out=np.zeros_like(right), where=found + there > 0)
    return precision, recall, f1, there / confusion.sum()


def _summary(confusion: Counts) -> list[float]:
    """Return what `SUMMARY` names; macro is over the labels that occur."""
    precision, recall, f1, shares = _rates(confusion)
    occurs = (shares > 0) | (confusion.sum(axis=0) > 0)
    accuracy = float(np.trace(confusion) / confusion.sum())
    macro = [float(rate[occurs].mean()) for rate in (precision, recall, f1)]
    weighted = [float(rate @ shares) for rate in (precision, recall, f1)]
    return [accuracy, macro[2], weighted[2], macro[0], macro[1], weighted[0], weighted[1]]


def _per_label(confusion: Counts, labels: Sequence[Label]) -> list[PerLabel]:
    precision, recall, f1, _ = (rates.tolist() for rates in _rates(confusion))
    return [PerLabel(*each) for each in zip(labels, confusion.sum(axis=1).tolist(), precision, recall, f1)]


def _coverage(probabilities: Scores, truth: Indices) -> list[Coverage]:
    confidence = probabilities.max(axis=1)
    order = np.argsort(-confidence, kind="stable")
    right = np.cumsum(probabilities.argmax(axis=1)[order] == truth[order])
    counts = np.unique(np.ceil(np.linspace(0, 1, POINTS + 1)[1:] * len(truth)).astype(np.int64))
    return [
        Coverage(float(count / len(truth)), float(confidence[order[count - 1]]), float(right[count - 1] / count))
        for count in counts
    ]


def _mistakes(texts: Sequence[str], truth: Indices, probabilities: Scores, labels: Sequence[Label]) -> list[Mistake]:
    predicted = probabilities.argmax(axis=1)
    confidence = probabilities.max(axis=1)
    wrong = np.flatnonzero(predicted != truth)
    surest = wrong[np.argsort(-confidence[wrong], kind="stable")][:WORST]
    return [Mistake(texts[row], labels[truth[row]], labels[predicted[row]], float(confidence[row])) for row in surest]
