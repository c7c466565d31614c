"""The same text, or nearly the same, under different labels."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from debugger.evidence import UNKNOWN, Evidence
from debugger.issues.alike import Bits, Floats, Pairs, Positions, find_alike
from debugger.issues.base import Issue, Kind, Proposal
from debugger.issues.ranking import best, grouped, listed
from debugger.issues.wording import many, quote

LEAST_OVERLAP: Final = 0.7
LEAST_DOUBT: Final = 0.5
"""Of two nearly equal texts the model must find the other's label likelier for one: turning up is not turning down."""

_SAME: Final = 0.9
"""The least score of a conflict of equal texts, and the greatest of nearly equal ones."""

_FAINT: Final = 0.05
"""Added to the sum of two probabilities, so that two that are next to nothing are no doubt."""


def find(evidence: Evidence) -> Sequence[Issue]:
    """Find rows whose text has another label elsewhere; of two rows the one whose label is less likely."""
    if not len(evidence.labeled):
        return []
    alike = find_alike(evidence, lambda one, other: _differ(evidence.labels, one, other), LEAST_OVERLAP)
    same = {issue.position: issue for issue in _same(evidence, alike.groups)}
    near = {issue.position: issue for issue in _near(evidence, alike.pairs)}
    return list((near | same).values())


def _differ(labels: NDArray[np.int32], one: Positions, other: Positions) -> Bits:
    differ: Bits = (labels[one] != labels[other]) & (labels[one] != UNKNOWN) & (labels[other] != UNKNOWN)
    return differ


def _same(evidence: Evidence, groups: Positions) -> Iterator[Issue]:
    """Yield the rows that are not labeled as most with the same text are, the surest first."""
    rows = evidence.labeled
    preferred = _preferred(evidence, rows, groups[rows])
    odd = np.flatnonzero(evidence.labels[rows] != preferred)
    given = evidence.probabilities[rows[odd], evidence.labels[rows[odd]]]
    scores = _SAME + (1 - _SAME) * (1 - given)
    order, starts = grouped(groups[rows])
    members = dict(zip(groups[rows][order[starts]].tolist(), np.split(rows[order], starts[1:])))
    otherwise: dict[tuple[int, int], Positions] = {}
    for at in best(scores):
        row, label = int(rows[odd[at]]), int(preferred[odd[at]])
        key = int(groups[row]), int(evidence.labels[row])
        if key not in otherwise:
            otherwise[key] = members[key[0]][evidence.labels[members[key[0]]] != key[1]]
        yield _same_issue(evidence, row, label, otherwise[key], float(scores[at]))


def _preferred(evidence: Evidence, rows: Positions, groups: Positions) -> NDArray[np.int64]:
    """Return (r,) for each row the most frequent label of its group, of equally frequent ones the likelier one."""
    if not len(rows):
        return np.zeros(0, np.int64)
    labels = evidence.labels[rows].astype(np.int64)
    codes, inverse = np.unique(groups * len(evidence.classes) + labels, return_inverse=True)
    counts = np.bincount(inverse)
    likely = np.bincount(inverse, evidence.probabilities[rows, labels]) / counts
    group, label = np.divmod(codes, len(evidence.classes))
    order = np.lexsort((-likely, -counts, group))
    firsts = order[np.flatnonzero(np.diff(group[order], prepend=-1))]
    preferred: NDArray[np.int64] = label[firsts][np.searchsorted(group[firsts], groups)]
    return preferred


def _same_issue(evidence: Evidence, row: int, label: int, others: Positions, score: float) -> Issue:
    name = evidence.classes[label]
    return Issue(
        score=score,
        reason=f"The same text has another label in {many(len(others), 'other row')}, mostly or likelier “{name}”.",
        position=row,
        proposal=Proposal("relabel", name),
        evidence={
            "rows": listed(evidence.numbers, others),
            "labels": [evidence.classes[each] for each in listed(evidence.labels, others)],
            "count": len(others),
            "similarity": 1.0,
            **_probabilities(evidence, row, label),
        },
    )


def _near(evidence: Evidence, pairs: Pairs) -> Iterator[Issue]:
    """Yield of each pair the row for which the other's label is likelier, each row once, the surest first."""
    forth, back = _doubt(evidence, pairs.one, pairs.other), _doubt(evidence, pairs.other, pairs.one)
    subjects = np.where(forth >= back, pairs.one, pairs.other)
    others = np.where(forth >= back, pairs.other, pairs.one)
    doubt = np.maximum(forth, back)
    # Where the model doubts the other's label too, that is a worse witness.
    scores = np.where(doubt >= LEAST_DOUBT, _SAME * pairs.overlap * doubt * (1 - np.minimum(forth, back) / 2), 0)
    order = best(scores, len(scores))
    _, firsts = np.unique(subjects[order], return_index=True)
    for at in order[np.sort(firsts)][: len(best(scores))]:
        if scores[at] > 0:
            row, other = int(subjects[at]), int(others[at])
            yield _near_issue(evidence, row, other, float(pairs.overlap[at]), float(scores[at]))


def _doubt(evidence: Evidence, rows: Positions, others: Positions) -> Floats:
    given = evidence.probabilities[rows, evidence.labels[rows]]
    proposed = evidence.probabilities[rows, evidence.labels[others]]
    return proposed / (given + proposed + np.float32(_FAINT))


def _near_issue(evidence: Evidence, row: int, other: int, overlap: float, score: float) -> Issue:
    label = int(evidence.labels[other])
    name = evidence.classes[label]
    return Issue(
        score=score,
        reason=f"Nearly the same text, {quote(evidence.texts[other])}, is labeled “{name}”, "
        "and a model that has not seen this row finds that likelier here too.",
        position=row,
        proposal=Proposal("relabel", name),
        evidence={
            "rows": [int(evidence.numbers[other])],
            "labels": [name],
            "count": 1,
            "similarity": round(overlap, 4),
            **_probabilities(evidence, row, label),
        },
    )


def _probabilities(evidence: Evidence, row: int, proposed: int) -> dict[str, float]:
    given = int(evidence.labels[row])
    return {
        "given_probability": round(float(evidence.probabilities[row, given]), 6),
        "proposed_probability": round(float(evidence.probabilities[row, proposed]), 6),
    }


KIND: Final = Kind(
    "conflicting_labels",
    "Conflicting labels",
    "The same text, but for case, punctuation and spaces, or nearly the same, under different labels.",
    find,
)
