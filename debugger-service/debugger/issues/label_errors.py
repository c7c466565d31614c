"""Labels that are likely wrong, with the likelier one."""

from collections.abc import Sequence
from math import ceil
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from debugger.evidence import UNKNOWN, Evidence
from debugger.evidence.noise import judge
from debugger.issues.base import Issue, Kind, Proposal
from debugger.issues.ranking import MAX_ISSUES, best
from debugger.issues.wording import many, percent

SLACK: Final = 2.0
"""So many times the expected number of errors are listed, so that hardly one of them is missing."""
AT_LEAST: Final = 20
"""Rows are listed beyond that, where there are as many that are not sure to be right."""
LEAST_SCORE: Final = 0.02
LISTED: Final = 5
"""Neighbours in the evidence."""
FEWEST: Final = 2
"""Labeled rows of a class; a row that is alone in its class cannot be judged, for no model knows the class."""


def find(evidence: Evidence) -> Sequence[Issue]:
    """Find the rows that `label_error_scores` puts first: about twice as many as it expects to be wrong.

    The served model has no say: it may have learned these very labels, the wrong ones too, and nobody can tell.
    Averaged in, it changed the average precision on Banking77 with a tenth of the labels wrong by -0.02 to 0.02,
    depending on how they were and on which rows it had seen; where it could only lower the trust in a label, by at
    most 0.001.
    """
    if len(evidence.classes) < 2 or not len(evidence.labeled):
        return []
    judged = judge(evidence.probabilities, evidence.labels, evidence.neighbours)
    scores = np.where(_judgeable(evidence), judged.scores, 0)
    expected = float(scores.sum(dtype=np.float64))
    order = best(scores, min(MAX_ISSUES, ceil(SLACK * expected) + AT_LEAST))
    chosen = order[scores[order] >= LEAST_SCORE]
    proposed = _proposed(judged.beliefs[chosen], evidence.labels[chosen])
    return [_issue(evidence, int(row), label, float(scores[row])) for row, label in zip(chosen, proposed.tolist())]


def _judgeable(evidence: Evidence) -> NDArray[np.bool_]:
    counts = np.bincount(evidence.labels[evidence.labeled], minlength=len(evidence.classes))
    found: NDArray[np.bool_] = evidence.labels != UNKNOWN
    found[evidence.labeled] = counts[evidence.labels[evidence.labeled]] >= FEWEST
    return found


def _proposed(beliefs: NDArray[np.float32], labels: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the class that each row most likely has if not the one that it is labeled as."""
    others = beliefs.copy()
    others[np.arange(len(labels)), labels] = -1
    found: NDArray[np.int64] = others.argmax(axis=1)
    return found


def _issue(evidence: Evidence, row: int, proposed: int, score: float) -> Issue:
    given, name = int(evidence.labels[row]), evidence.classes[proposed]
    near = _near(evidence, row)
    agreeing = sum(evidence.labels[each] == proposed for each in near)
    probability = float(evidence.probabilities[row, proposed])
    voting = f"; {agreeing} of {many(len(near), 'nearest row')} are labeled “{name}”" if near else ""
    return Issue(
        score=score,
        reason=f"Models that have not seen this row find “{name}” {percent(probability)} likely and the label "
        f"“{evidence.classes[given]}” {percent(float(evidence.probabilities[row, given]))}{voting}.",
        position=row,
        proposal=Proposal("relabel", name),
        evidence=_evidence(evidence, row, given, proposed, near),
    )


def _evidence(evidence: Evidence, row: int, given: int, proposed: int, near: Sequence[int]) -> dict[str, Any]:
    labels = [int(evidence.labels[each]) for each in near]
    return {
        "rows": [int(evidence.numbers[each]) for each in near],
        "labels": [None if label == UNKNOWN else evidence.classes[label] for label in labels],
        "given_probability": round(float(evidence.probabilities[row, given]), 6),
        "proposed_probability": round(float(evidence.probabilities[row, proposed]), 6),
    }


def _near(evidence: Evidence, row: int) -> list[int]:
    found: list[int] = evidence.neighbours.positions[row, :LISTED].tolist()
    return [each for each in found if each >= 0]


KIND: Final = Kind(
    "label_error",
    "Label errors",
    "Labels that are likely wrong: by models that have not seen the row, by its nearest rows, and by which labels are "
    "mistaken for which.",
    find,
)
