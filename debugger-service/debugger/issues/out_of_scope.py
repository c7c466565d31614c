"""Rows on the wrong side of the border between the classes and what was marked as out of scope."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from debugger.evidence import UNKNOWN, Evidence
from debugger.issues.base import Issue, Kind, Proposal
from debugger.issues.ranking import best
from debugger.issues.wording import percent

NEIGHBOURS: Final = 10
OUTSIDE_SHARE: Final = 0.3
"""Of the neighbours, weighed by similarity: what is out of scope is spread thin."""

LEAST_DOUBT: Final = 0.5
"""Of the model in a row's class."""

INSIDE_SHARE: Final = 0.8

LEAST_SIMILARITY: Final = 0.3
"""Of the nearest neighbour: where nothing is near, neighbours say nothing."""

LEAST_CONFIDENCE: Final = 0.9
"""In a class, for a marked row to be thought of as of that class."""

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


def find(evidence: Evidence) -> Sequence[Issue]:
    """Find rows whose neighbours are marked as out of scope, and marked rows that look like those of a class."""
    if not evidence.out_of_scope.any() or not evidence.neighbours.positions.shape[1]:
        return []
    found = [*_outside(evidence), *_inside(evidence)]
    return [found[at] for at in best(np.array([issue.score for issue in found]))]


def _weights(evidence: Evidence, rows: Rows) -> tuple[NDArray[np.int32], Floats]:
    """Return the neighbours of the rows and their weights, which sum to 1, or 0 where nothing is near."""
    near = evidence.neighbours.positions[rows, :NEIGHBOURS]
    weights = np.where(near >= 0, evidence.neighbours.similarities[rows, :NEIGHBOURS], 0).clip(0, 1).astype(np.float64)
    weights[weights[:, 0] < LEAST_SIMILARITY] = 0
    return near, weights / np.maximum(weights.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)


def _outside(evidence: Evidence) -> Iterator[Issue]:
    rows = np.flatnonzero(~evidence.out_of_scope)
    near, weights = _weights(evidence, rows)
    shares = (weights * evidence.out_of_scope[near]).sum(axis=1).clip(0, 1)
    doubt = 1 - _claimed(evidence, rows)
    chosen = np.flatnonzero((shares >= OUTSIDE_SHARE) & (doubt >= LEAST_DOUBT))
    scores = np.sqrt(shares[chosen] * doubt[chosen])
    for at in best(scores):
        row = int(rows[chosen[at]])
        marked = near[chosen[at]][evidence.out_of_scope[near[chosen[at]]]]
        yield Issue(
            score=float(scores[at]),
            reason=f"{percent(float(shares[chosen[at]]))} of what is most like it was marked as out of scope.",
            position=row,
            proposal=Proposal("out_of_scope"),
            evidence=_evidence(evidence, marked, float(shares[chosen[at]]), 1 - float(doubt[chosen[at]])),
        )


def _claimed(evidence: Evidence, rows: Rows) -> Floats:
    """Return the probability of each row's label, of one without a label that of the likeliest class."""
    if not evidence.classes:
        return np.zeros(len(rows))
    labels = evidence.labels[rows]
    claimed = np.where(labels == UNKNOWN, evidence.predicted[rows], labels)
    return evidence.probabilities[rows, claimed].astype(np.float64).clip(0, 1)


def _inside(evidence: Evidence) -> Iterator[Issue]:
    if not evidence.classes:
        return
    rows = np.flatnonzero(evidence.out_of_scope)
    near, weights = _weights(evidence, rows)
    likely = evidence.predicted[rows]
    confidence = evidence.probabilities[rows, likely].astype(np.float64).clip(0, 1)
    of_class = (near >= 0) & (evidence.labels[near] == likely[:, None])
    shares = (weights * of_class).sum(axis=1).clip(0, 1)
    chosen = np.flatnonzero((shares >= INSIDE_SHARE) & (confidence >= LEAST_CONFIDENCE))
    scores = np.sqrt(shares[chosen] * confidence[chosen])
    for at in best(scores):
        name = evidence.classes[likely[chosen[at]]]
        share, sure = float(shares[chosen[at]]), float(confidence[chosen[at]])
        yield Issue(
            score=float(scores[at]),
            reason=f"Marked as out of scope, but {percent(share)} of what is most like it is “{name}”, "
            f"and the model says so with {percent(sure)}.",
            position=int(rows[chosen[at]]),
            proposal=Proposal("relabel", name),
            evidence=_evidence(evidence, near[chosen[at]][of_class[chosen[at]]], share, sure),
        )


def _evidence(evidence: Evidence, near: NDArray[np.int32], share: float, confidence: float) -> dict[str, Any]:
    return {
        "rows": evidence.numbers[near].tolist(),
        "share_of_neighbours": round(share, 4),
        "confidence": round(confidence, 6),
    }


KIND: Final = Kind(
    "out_of_scope",
    "Out of scope or not",
    "Rows whose neighbours were marked as out of scope, and rows so marked that look like those of a class.",
    find,
)
