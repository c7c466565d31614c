"""Classes that have too few rows to be learned, by a floor and by what more rows did for other classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from scipy.stats import spearmanr

from debugger.evidence import SPLITS, UNKNOWN, Evidence
from debugger.filters.syntax import quoted
from debugger.issues.base import Issue, Kind, Proposal
from debugger.issues.ranking import best
from debugger.issues.wording import many, percent

FLOOR: Final = 10
"""Rows of a class below which nothing can be said, nor learned in five folds."""

LEAST_CLASSES: Final = 8
"""Of fewer no curve of learning is drawn."""

SIGNIFICANT: Final = 0.05
LEAST_GAIN: Final = 0.03
"""In recall, by doubling the rows."""

_EXTREME: Final = 0.01
MOST_TIMES: Final = 10
"""At most so many times as many rows are asked for."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Learned:
    """Of k classes how many rows there are to learn from, and how many of all rows are recognised."""

    rows: NDArray[np.int64]
    judged: NDArray[np.int64]
    right: NDArray[np.int64]

    @property
    def overall(self) -> float:
        """The recall of all rows together, kept off 0 and 1."""
        return float(np.clip(self.right.sum() / max(1, self.judged.sum()), _EXTREME, 1 - _EXTREME))

    @property
    def recall(self) -> Floats:
        """(k,) drawn towards the overall one by two rows, so that few rows say no extremes."""
        return (self.right + 2 * self.overall) / (self.judged + 2)


def find(evidence: Evidence) -> Sequence[Issue]:
    """Find classes below the floor, and small ones that double the rows would improve, going by the other classes."""
    if not len(evidence.labeled):
        return []
    learned = _learned(evidence)
    slope = _slope(learned)
    scores, gains = _scores(learned, slope)
    chosen = [at for at in best(scores) if scores[at] > 0]
    wanted = _wanted(learned, slope)
    return [_issue(evidence, learned, int(at), float(scores[at]), float(gains[at]), int(wanted[at])) for at in chosen]


def _learned(evidence: Evidence) -> Learned:
    rows, count = evidence.labeled, len(evidence.classes)
    labels = evidence.labels[rows]
    training = np.isin(evidence.splits[rows], [SPLITS.index("training"), UNKNOWN])
    counted = labels[training] if training.any() else labels
    right = labels[labels == evidence.predicted[rows]]
    sizes = (np.bincount(each, minlength=count) for each in (counted, labels, right))
    return Learned(*sizes)


def _slope(learned: Learned) -> float:
    """Return how the log-odds of the recall grow with the logarithm of the rows over the classes; 0 if not surely."""
    known = learned.rows > 0
    rows, recall = learned.rows[known], learned.right[known] / learned.judged[known]
    if known.sum() < LEAST_CLASSES or not np.ptp(rows) or not np.ptp(recall):
        return 0.0
    if not spearmanr(rows, recall, alternative="greater").pvalue <= SIGNIFICANT:
        return 0.0
    weights = np.sqrt(learned.judged[known])
    return max(0.0, float(np.polyfit(np.log(rows), logit(learned.recall[known]), 1, w=weights)[0]))


def _scores(learned: Learned, slope: float) -> tuple[Floats, Floats]:
    recall = learned.recall
    gains = expit(logit(recall) + slope * np.log(2)) - recall
    smaller = learned.rows < np.median(learned.rows[learned.judged > 0])
    lower = recall < learned.overall
    improvable = smaller & lower & (gains >= LEAST_GAIN) & (learned.judged > 0)
    below = (learned.rows < FLOOR) & (learned.judged > 0)
    floor_scores = np.where(below, 1 - learned.rows / (2 * FLOOR), 0)
    return np.maximum(floor_scores, np.where(improvable, np.minimum(0.5, gains), 0)), gains


def _wanted(learned: Learned, slope: float) -> NDArray[np.int64]:
    """Return how many rows more would bring each class to the overall recall by the curve, at least to the floor."""
    floor: NDArray[np.int64] = np.maximum(0, FLOOR - learned.rows)
    if not slope:
        return floor
    times = np.exp(np.clip((logit(learned.overall) - logit(learned.recall)) / slope, 0, np.log(MOST_TIMES)))
    more: NDArray[np.int64] = np.ceil(learned.rows * (times - 1)).astype(np.int64)
    return np.maximum(floor, more)


def _issue(evidence: Evidence, learned: Learned, at: int, score: float, gain: float, wanted: int) -> Issue:
    name, rows = evidence.classes[at], int(learned.rows[at])
    recall = float(learned.right[at] / learned.judged[at])
    return Issue(
        score=score,
        reason=f"{_few(rows)} to learn “{name}” from, of which a model that has not seen them recognises "
        f"{percent(recall)}; {_advice(rows, gain, wanted)}",
        filter=f"label = {quoted(name)}",
        proposal=Proposal("collect", name),
        evidence=_evidence(learned, at, recall, gain, wanted),
    )


def _few(rows: int) -> str:
    return "Not a row" if not rows else f"Only {many(rows, 'row')}"


def _advice(rows: int, gain: float, wanted: int) -> str:
    if rows < FLOOR:
        return f"{FLOOR} are the least to learn from."
    return f"going by the other classes, twice as many bring about {percent(gain)} more; collect {wanted:,}."


def _evidence(learned: Learned, at: int, recall: float, gain: float, wanted: int) -> dict[str, Any]:
    return {
        "count": int(learned.rows[at]),
        "judged": int(learned.judged[at]),
        "recognised": int(learned.right[at]),
        "recall": round(recall, 6),
        "gain_by_doubling": round(gain, 6),
        "rows_wanted": wanted,
    }


KIND: Final = Kind(
    "small_classes",
    "Too little data",
    "Classes with too few rows to learn from, by a floor and by what more rows did for the other classes.",
    find,
)
