"""Pairs of classes that a model cannot tell apart, and what merging them, or splitting one, would change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from debugger.evidence import Evidence
from debugger.filters.syntax import quoted
from debugger.issues.base import Issue, Kind, Proposal
from debugger.issues.confusions import Quality, confused_pairs, quality
from debugger.issues.ranking import best, listed
from debugger.issues.wording import many

LEAST_CONFUSIONS: Final = 2
"""In each direction."""

SIGNIFICANT: Final = 0.05
MAX_PAIRS: Final = 500
"""Each is simulated over all rows."""

ONE_SIDED: Final = 0.8
"""From this part of the confusions on in one direction, one class may hold a group that belongs to the other."""

COHERENT: Final = 0.5
"""The part of the confused rows' nearest rows of their class that are confused too, for them to be such a group."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two classes by their indices, `one` is taken for `other` the more often, and the rows that are confused."""

    one: int
    other: int
    forth: NDArray[np.int64]
    back: NDArray[np.int64]
    p_value: float


def find(evidence: Evidence) -> Sequence[Issue]:
    """Find pairs of classes that are confused in both directions more than chance would."""
    if len(evidence.classes) < 3:
        return []
    pairs = confused_pairs(evidence, LEAST_CONFUSIONS)
    sizes = np.bincount(evidence.labels[evidence.labeled], minlength=len(evidence.classes))
    rates = (pairs.forth + pairs.back) / np.maximum(1, sizes[pairs.one] + sizes[pairs.other])
    significant = np.flatnonzero(pairs.p_values <= SIGNIFICANT)
    chosen = significant[best(rates[significant], MAX_PAIRS)]
    before = _before(evidence)
    return [
        _issue(
            evidence,
            _pair(evidence, int(pairs.one[at]), int(pairs.other[at]), float(pairs.p_values[at])),
            min(1.0, 2 * float(rates[at])),
            before,
        )
        for at in chosen
    ]


def _before(evidence: Evidence) -> Quality:
    rows = evidence.labeled
    return quality(evidence.labels[rows], evidence.predicted[rows], len(evidence.classes))


def _pair(evidence: Evidence, one: int, other: int, p_value: float) -> Pair:
    forth = np.flatnonzero((evidence.labels == one) & (evidence.predicted == other))
    back = np.flatnonzero((evidence.labels == other) & (evidence.predicted == one))
    if len(back) > len(forth):
        return Pair(other, one, back, forth, p_value)
    return Pair(one, other, forth, back, p_value)


def _issue(evidence: Evidence, pair: Pair, score: float, before: Quality) -> Issue:
    one, other = evidence.classes[pair.one], evidence.classes[pair.other]
    proposal = _proposal(evidence, pair)
    after = _split(evidence, pair) if proposal.action == "split" else _merged(evidence, pair)
    return Issue(
        score=score,
        reason=_reason(one, other, pair, proposal),
        filter=f"(label = {quoted(one)} AND prediction = {quoted(other)})"
        f" OR (label = {quoted(other)} AND prediction = {quoted(one)})",
        proposal=proposal,
        evidence={
            "classes": [one, other],
            "rows": listed(evidence.numbers, np.concatenate([pair.forth, pair.back])),
            "counts": [int((evidence.labels == each).sum()) for each in (pair.one, pair.other)],
            "confusions": [len(pair.forth), len(pair.back)],
            "p_value": pair.p_value,
            "simulated": {
                "action": proposal.action,
                "accuracy_before": round(before.accuracy, 6),
                "accuracy_after": round(after.accuracy, 6),
                "macro_f1_before": round(before.macro_f1, 6),
                "macro_f1_after": round(after.macro_f1, 6),
            },
        },
    )


def _reason(one: str, other: str, pair: Pair, proposal: Proposal) -> str:
    told = (
        f"{many(len(pair.forth), 'row')} of “{one}” sound like “{other}” to a model that has not seen them, "
        f"and {len(pair.back)} the other way round"
    )
    return f"{told}; those of “{one}” are a group of their own." if proposal.action == "split" else f"{told}."


def _proposal(evidence: Evidence, pair: Pair) -> Proposal:
    one, other = evidence.classes[pair.one], evidence.classes[pair.other]
    if len(pair.forth) >= ONE_SIDED * (len(pair.forth) + len(pair.back)) and _coherent(evidence, pair):
        return Proposal("split", one, (one, other))
    sizes = {evidence.classes[each]: int((evidence.labels == each).sum()) for each in (pair.one, pair.other)}
    return Proposal("merge", max(sizes, key=lambda name: (sizes[name], -len(name))), (one, other))


def _coherent(evidence: Evidence, pair: Pair) -> bool:
    """Say whether the rows of `one` that are taken for `other` are nearest to each other, and more than by chance."""
    near = evidence.neighbours.positions[pair.forth]
    own = (near >= 0) & (evidence.labels[near] == pair.one)
    among = int((own & np.isin(near, pair.forth)).sum())
    usual = len(pair.forth) / max(1, int((evidence.labels == pair.one).sum()))
    return among >= max(COHERENT, min(1, 2 * usual)) * max(1, int(own.sum()))


def _merged(evidence: Evidence, pair: Pair) -> Quality:
    """Return the quality if the two were one class, whose probability is the sum of theirs."""
    rows, count = evidence.labeled, len(evidence.classes)
    together = evidence.probabilities[rows, pair.one] + evidence.probabilities[rows, pair.other]
    predicted = evidence.predicted[rows]
    best_alone = evidence.probabilities[rows, predicted]
    merged = (predicted == pair.one) | (predicted == pair.other) | (together > best_alone)
    labels = np.where(evidence.labels[rows] == pair.other, pair.one, evidence.labels[rows])
    return quality(labels, np.where(merged, pair.one, predicted), count)


def _split(evidence: Evidence, pair: Pair) -> Quality:
    """Return the quality if the group had the other label: the most that can be gained, as the model chose the rows."""
    labels = evidence.labels.copy()
    labels[pair.forth] = pair.other
    return quality(labels[evidence.labeled], evidence.predicted[evidence.labeled], len(evidence.classes))


KIND: Final = Kind(
    "ambiguous_classes",
    "Ambiguous classes",
    "Pairs of classes that a model confuses in both directions more than chance, with what merging would change.",
    find,
)
