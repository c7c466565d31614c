"""The same text, or nearly the same, in training and among the rows that a model is judged by."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from debugger.evidence import SPLITS, UNKNOWN, Evidence
from debugger.issues.alike import Alike, Bits, Positions, find_alike
from debugger.issues.base import Issue, Kind, Proposal
from debugger.issues.ranking import best, grouped, listed
from debugger.issues.wording import quote

LEAST_OVERLAP: Final = 0.8
_EQUAL_BUT_FOR_CASE: Final = 0.99
_NEAR: Final = 0.98


@dataclass(frozen=True, slots=True)
class Leak:
    """A row, the rows of later splits that say the same, the best first, and how much of the best is in common."""

    row: int
    others: Positions
    overlap: float
    score: float


def find(evidence: Evidence) -> Sequence[Issue]:
    """Find rows whose text is in a later split too; the row of the earlier split is the one to drop."""
    alike = find_alike(evidence, lambda one, other: _differ(evidence.splits, one, other), LEAST_OVERLAP)
    leaks = {leak.row: leak for leak in [*_near(evidence, alike), *_same(evidence, alike)]}
    found = list(leaks.values())
    return [_issue(evidence, found[at]) for at in best(np.array([leak.score for leak in found]))]


def _differ(splits: NDArray[np.int8], one: Positions, other: Positions) -> Bits:
    differ: Bits = (splits[one] != splits[other]) & (splits[one] != UNKNOWN) & (splits[other] != UNKNOWN)
    return differ


def _same(evidence: Evidence, alike: Alike) -> Iterator[Leak]:
    rows = np.flatnonzero(evidence.splits != UNKNOWN)
    order, starts = grouped(alike.groups[rows])
    for members in np.split(rows[order], starts[1:]):
        splits = evidence.splits[members]
        if splits.min(initial=len(SPLITS)) < splits.max(initial=UNKNOWN):
            yield from _of_group(evidence, members, splits)


def _of_group(evidence: Evidence, members: Positions, splits: NDArray[np.int8]) -> Iterator[Leak]:
    later = {split: members[splits > split] for split in set(splits.tolist())}
    texts = {split: {evidence.texts[each] for each in rows} for split, rows in later.items()}
    for row, split in zip(members.tolist(), splits.tolist()):
        if len(later[split]):
            score = 1.0 if evidence.texts[row] in texts[split] else _EQUAL_BUT_FOR_CASE
            yield Leak(row, later[split], 1.0, score)


def _near(evidence: Evidence, alike: Alike) -> Iterator[Leak]:
    pairs = alike.pairs
    ahead = evidence.splits[pairs.one] < evidence.splits[pairs.other]
    subjects, others = np.where(ahead, pairs.one, pairs.other), np.where(ahead, pairs.other, pairs.one)
    found: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for row, other, overlap in zip(subjects.tolist(), others.tolist(), pairs.overlap.tolist()):
        found[row].append((-overlap, other))
    for row, near in found.items():
        near.sort()
        overlap = -near[0][0]
        yield Leak(row, np.array([other for _, other in near]), overlap, _NEAR * overlap)


def _issue(evidence: Evidence, leak: Leak) -> Issue:
    other = int(leak.others[0])
    return Issue(
        score=leak.score,
        reason=_reason(evidence, leak, other),
        position=leak.row,
        proposal=Proposal("drop"),
        evidence={
            "rows": listed(evidence.numbers, leak.others),
            "splits": [SPLITS[split] for split in listed(evidence.splits, leak.others)],
            "count": len(leak.others),
            "similarity": round(leak.overlap, 4),
            "same_label": bool(evidence.labels[other] == evidence.labels[leak.row]),
        },
    )


def _reason(evidence: Evidence, leak: Leak, other: int) -> str:
    what = "The same text" if leak.score >= _EQUAL_BUT_FOR_CASE else f"Nearly the same, {quote(evidence.texts[other])},"
    label, own = int(evidence.labels[other]), int(evidence.labels[leak.row])
    also = f", there labeled “{evidence.classes[label]}”" if UNKNOWN not in (label, own) and label != own else ""
    split, number = SPLITS[evidence.splits[other]], evidence.numbers[other]
    return f"{what} is in {split} too (row {number}){also}: what has learned one is not tested by the other."


KIND: Final = Kind(
    "leaks",
    "Leaks between splits",
    "The same text, or nearly the same, in training and in validation or testing, which makes a model look too good.",
    find,
)
