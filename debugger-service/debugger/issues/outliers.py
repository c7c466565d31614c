"""Rows that are like no others, and that a model which has not seen them cannot place."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from debugger.evidence import UNKNOWN, Evidence
from debugger.issues.base import Issue, Kind, Proposal
from debugger.issues.ranking import best
from debugger.issues.uncertainty import entropies
from debugger.issues.wording import percent, quote

LEAST_ROWS: Final = 30
"""Of fewer rows it cannot be said what is usual."""

NEIGHBOURS: Final = 5
LEAST_ENTROPY: Final = 0.6
"""Of the greatest there can be: probabilities less flat than that say where the row belongs."""

LEAST_DEVIATIONS: Final = 1.5
"""So many robust standard deviations farther than usual is far."""

_FLATNESS: Final = 0.75
"""The weight of flatness in the score, and the rest is distance: on CLINC150's rows out of scope it tells more."""

_TO_DEVIATION: Final = 1.4826
"""By which the median absolute deviation of a normal distribution becomes its standard deviation."""

Floats = NDArray[np.float64]


def find(evidence: Evidence) -> Sequence[Issue]:
    """Find rows, labeled or not, far from all neighbours and with flat probabilities."""
    if evidence.size < LEAST_ROWS or len(evidence.classes) < 2:
        return []
    distances = _distances(evidence)
    flatness = entropies(evidence.probabilities)
    median, spread = _usual(distances)
    far = distances > median + LEAST_DEVIATIONS * spread
    rows = np.flatnonzero(far & (flatness >= LEAST_ENTROPY) & ~evidence.out_of_scope & ~_at_home(evidence))
    scores = flatness[rows] ** _FLATNESS * _ranks(distances)[rows] ** (1 - _FLATNESS)
    return [_issue(evidence, int(rows[at]), float(scores[at]), float(distances[rows[at]])) for at in best(scores)]


def _distances(evidence: Evidence) -> Floats:
    """Return (n,) the mean cosine distance to the nearest neighbours; 1 for a row that has none."""
    there = evidence.neighbours.positions[:, :NEIGHBOURS] >= 0
    similarities = np.where(there, evidence.neighbours.similarities[:, :NEIGHBOURS], 0).clip(0, 1)
    distances: Floats = 1 - similarities.sum(axis=1, dtype=np.float64) / np.maximum(1, there.sum(axis=1))
    return distances


def _at_home(evidence: Evidence) -> NDArray[np.bool_]:
    """Return (n,) which rows have the likeliest label, or that of the row nearest to them: however odd, they fit."""
    labeled = evidence.labels != UNKNOWN
    fits = evidence.predicted == evidence.labels
    if evidence.neighbours.positions.shape[1]:
        nearest = evidence.neighbours.positions[:, 0]
        fits |= (nearest >= 0) & (evidence.labels[nearest] == evidence.labels)
    return np.asarray(labeled & fits)


def _usual(distances: Floats) -> tuple[float, float]:
    median = float(np.median(distances))
    return median, _TO_DEVIATION * float(np.median(np.abs(distances - median)))


def _ranks(distances: Floats) -> Floats:
    """Return for each distance the part of all that are at most as great."""
    return np.searchsorted(np.sort(distances), distances, side="right") / len(distances)


def _issue(evidence: Evidence, row: int, score: float, distance: float) -> Issue:
    likely = int(evidence.predicted[row])
    confidence = float(evidence.probabilities[row, likely])
    labeled = evidence.labels[row] != UNKNOWN
    near = evidence.neighbours.positions[row, :NEIGHBOURS]
    near = near[near >= 0]
    return Issue(
        score=score,
        reason=_reason(evidence, near, likely, confidence),
        position=row,
        proposal=Proposal("drop" if labeled else "out_of_scope"),
        evidence={
            "rows": evidence.numbers[near].tolist(),
            "distance": round(distance, 4),
            "prediction": evidence.classes[likely],
            "confidence": round(confidence, 6),
        },
    )


def _reason(evidence: Evidence, near: NDArray[np.int32], likely: int, confidence: float) -> str:
    nearest = f"the nearest is {quote(evidence.texts[near[0]])}" if len(near) else "it shares no words with any"
    return (
        f"Unlike the other rows ({nearest}), and the likeliest label, “{evidence.classes[likely]}”, "
        f"has only {percent(confidence)}."
    )


KIND: Final = Kind(
    "outliers",
    "Outliers",
    "Rows far from all others, of which a model that has not seen them cannot say what they mean.",
    find,
)
