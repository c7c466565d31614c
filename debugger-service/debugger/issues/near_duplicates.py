"""Rows of one label and split that say the same, or nearly so, gathered around one that stands for them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from debugger.evidence import SPLITS, UNKNOWN, Evidence
from debugger.issues.alike import Positions, find_alike
from debugger.issues.base import Issue, Kind, Proposal
from debugger.issues.ranking import best, listed
from debugger.issues.wording import quote

LEAST_OVERLAP: Final = 0.8
_EQUAL_BUT_FOR_CASE: Final = 0.99
_NEAR: Final = 0.98
"""The score of texts all of whose pieces are in common, in another order."""


@dataclass(frozen=True)
class Gathered:
    """For each row the one that stands for it, which may be itself, and how much of it they have in common."""

    representatives: Positions
    overlaps: NDArray[np.float64]


def find(evidence: Evidence) -> Sequence[Issue]:
    """Find rows that could be dropped, since another row of the same label and split says the same."""
    if not evidence.size:
        return []
    keys = _keys(evidence)
    alike = find_alike(evidence, lambda one, other: keys[one] == keys[other], LEAST_OVERLAP)
    codes = alike.groups * (keys.max() + 1) + keys
    _, firsts, nodes = np.unique(codes, return_index=True, return_inverse=True)
    edges = zip(nodes[alike.pairs.one].tolist(), nodes[alike.pairs.other].tolist(), alike.pairs.overlap.tolist())
    centres, overlaps = _stars(edges, np.bincount(nodes).tolist(), firsts.tolist())
    return list(_issues(evidence, Gathered(firsts[centres[nodes]], overlaps[nodes])))


def _keys(evidence: Evidence) -> NDArray[np.int64]:
    """Return (n,) equal numbers, from 0, for rows of equal label, scope and split."""
    labels = (evidence.labels.astype(np.int64) - UNKNOWN) * 2 + evidence.out_of_scope
    return labels * (len(SPLITS) + 1) + evidence.splits - UNKNOWN


def _stars(
    edges: Iterator[tuple[int, int, float]], sizes: list[int], firsts: list[int]
) -> tuple[Positions, NDArray[np.float64]]:
    """Give each text to one that is like it, those like most others first: no chain joins what is not alike."""
    near: dict[int, dict[int, float]] = defaultdict(dict)
    for one, other, overlap in edges:
        near[one][other] = near[other][one] = overlap
    centres = np.arange(len(sizes))
    overlaps = np.ones(len(sizes))
    given: set[int] = set()
    for centre in sorted(near, key=lambda node: (-len(near[node]), -sizes[node], firsts[node])):
        if centre not in given:
            members = [node for node in near[centre] if node not in given]
            given.update(members, [centre])
            centres[members] = centre
            overlaps[members] = [near[centre][node] for node in members]
    return centres, overlaps


def _issues(evidence: Evidence, gathered: Gathered) -> Iterator[Issue]:
    others = np.flatnonzero(gathered.representatives != np.arange(evidence.size))
    scores = np.array([_score(evidence, gathered, row) for row in others.tolist()])
    chosen = [int(others[at]) for at in best(scores)]
    scored = dict(zip(others.tolist(), scores.tolist()))
    order = np.argsort(gathered.representatives, kind="stable")
    ordered = gathered.representatives[order]
    for row in chosen:
        representative = int(gathered.representatives[row])
        first, end = np.searchsorted(ordered, [representative, representative + 1])
        yield _issue(evidence, row, representative, order[first:end], float(gathered.overlaps[row]), scored[row])


def _score(evidence: Evidence, gathered: Gathered, row: int) -> float:
    overlap = float(gathered.overlaps[row])
    if evidence.texts[row] == evidence.texts[gathered.representatives[row]]:
        return 1.0
    return _EQUAL_BUT_FOR_CASE if overlap == 1 else _NEAR * overlap


def _issue(evidence: Evidence, row: int, representative: int, rows: Positions, overlap: float, score: float) -> Issue:
    number = int(evidence.numbers[representative])
    how = "the same" if score >= _EQUAL_BUT_FOR_CASE else f"nearly the same, {quote(evidence.texts[representative])},"
    return Issue(
        score=score,
        reason=f"Row {number} says {how} under the same label and in the same split.",
        position=row,
        proposal=Proposal("drop"),
        evidence={
            "representative": number,
            "similarity": round(overlap, 4),
            "rows": listed(evidence.numbers, rows),
            "count": len(rows),
        },
    )


KIND: Final = Kind(
    "near_duplicates",
    "Near duplicates",
    "Rows of one label and split that say the same, or nearly so, by their letters and their nearness.",
    find,
)
