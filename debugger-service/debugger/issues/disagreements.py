"""Where the model is sure of another class than the label says."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from debugger.evidence import Evidence
from debugger.issues.base import Issue, Kind, Proposal
from debugger.issues.ranking import best
from debugger.issues.wording import percent

LEAST_CONFIDENCE: Final = 0.5
"""Below it no model is sure of anything."""


def find(evidence: Evidence) -> Sequence[Issue]:
    """Find labeled rows of which the model says something else, the surer the more.

    The model is the served one where it has spoken of the row, and else one that has not seen the row.
    """
    rows = evidence.labeled
    if not len(rows):
        return []
    served = _spoken(evidence)[rows]
    probabilities = evidence.probabilities[rows]
    if evidence.served is not None:
        probabilities = np.where(served[:, None], evidence.served[rows], probabilities)
    predicted = probabilities.argmax(axis=1)
    confidence = probabilities[np.arange(len(rows)), predicted].clip(0, 1)
    disagrees = (predicted != evidence.labels[rows]) & (confidence >= LEAST_CONFIDENCE)
    scores = np.where(disagrees, confidence, 0)
    given = probabilities[np.arange(len(rows)), evidence.labels[rows]].clip(0, 1)
    return [
        _issue(evidence, int(rows[at]), int(predicted[at]), float(confidence[at]), float(given[at]), bool(served[at]))
        for at in best(scores)
        if scores[at] > 0
    ]


def _spoken(evidence: Evidence) -> NDArray[np.bool_]:
    """Return (n,) of which rows the served model has said anything."""
    if evidence.served is None:
        return np.zeros(evidence.size, np.bool_)
    return np.asarray(np.isfinite(evidence.served).all(axis=1))


def _issue(evidence: Evidence, row: int, predicted: int, confidence: float, given: float, served: bool) -> Issue:
    label, name = evidence.classes[int(evidence.labels[row])], evidence.classes[predicted]
    who = "The served model" if served else "A model that has not seen this row"
    return Issue(
        score=confidence,
        reason=f"{who} says “{name}” with {percent(confidence)}, and only {percent(given)} “{label}”, its label.",
        position=row,
        proposal=Proposal("relabel", name),
        evidence={
            "model": "served" if served else "out_of_sample",
            "given_probability": round(given, 6),
            "proposed_probability": round(confidence, 6),
        },
    )


KIND: Final = Kind(
    "disagreement",
    "Confident disagreements",
    "The model is sure of another class than the label says: either it is wrong or the label is.",
    find,
)
