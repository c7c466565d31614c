"""Parts of the data where the out-of-sample model is surely weaker than elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import binomtest, false_discovery_control, hypergeom

from debugger.evidence import Evidence
from debugger.evidence.clusters import cluster
from debugger.issues.base import Issue, Kind
from debugger.issues.ranking import best, listed
from debugger.issues.slices import Slice, slices
from debugger.issues.wording import many, percent

LEAST_SUPPORT: Final = 20
"""Labeled rows of a slice; of fewer, an accuracy is hardly known."""

MOST_OF_ALL: Final = 0.5
"""The part of all rows that a slice may have."""

LEAST_EFFECT: Final = 0.05
"""By which the accuracy is lower than elsewhere."""

SIGNIFICANT: Final = 0.05
"""Of the slices that are told, at most this part is expected to be chance."""

REPEATED: Final = 0.8
"""A slice with this part of its rows in a weaker one is not told again."""

MAX_SLICES: Final = 200
_CONFIDENCE: Final = 0.95

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Effect:
    """How much lower the accuracy is than elsewhere, with its 95 % interval, and how likely that is by chance."""

    accuracy: float
    elsewhere: float
    low: float
    high: float
    p_value: float
    """Adjusted for the number of slices that were looked at."""


def find(evidence: Evidence) -> Sequence[Issue]:
    """Find slices by length, word and cluster with a lower accuracy, its difference and the correction for chance."""
    rows = evidence.labeled
    if len(rows) < 2 * LEAST_SUPPORT:
        return []
    wrong = evidence.predicted[rows] != evidence.labels[rows]
    texts = [evidence.texts[row] for row in rows]
    clusters = cluster(evidence.embedding)[rows]
    found = list(slices(texts, clusters, LEAST_SUPPORT, int(MOST_OF_ALL * len(rows))))
    weak = [(found[at], effect) for at, effect in _weak(found, wrong)]
    return [_issue(evidence, *weak[at], wrong) for at in _told(weak, len(rows))]


def _weak(found: Sequence[Slice], wrong: NDArray[np.bool_]) -> list[tuple[int, Effect]]:
    if not found:
        return []
    support = np.array([len(each.rows) for each in found])
    errors = np.array([int(wrong[each.rows].sum()) for each in found])
    total, all_wrong = len(wrong), int(wrong.sum())
    p_values = hypergeom.sf(errors - 1, total, all_wrong, support).clip(0, 1)
    adjusted = false_discovery_control(p_values)
    difference = errors / support - (all_wrong - errors) / (total - support)
    chosen = np.flatnonzero((adjusted <= SIGNIFICANT) & (difference >= LEAST_EFFECT))
    chosen = chosen[best(difference[chosen], MAX_SLICES)]
    return [
        (int(at), _effect(int(errors[at]), int(support[at]), all_wrong, total, float(adjusted[at]))) for at in chosen
    ]


def _effect(errors: int, support: int, all_wrong: int, total: int, p_value: float) -> Effect:
    """Return the effect; its interval is Newcombe's from two of Wilson's (https://doi.org/10.1002/sim.779)."""
    here = binomtest(errors, support).proportion_ci(_CONFIDENCE, method="wilson")
    there = binomtest(all_wrong - errors, total - support).proportion_ci(_CONFIDENCE, method="wilson")
    rate, other = errors / support, (all_wrong - errors) / (total - support)
    low = rate - other - sqrt((rate - here.low) ** 2 + (there.high - other) ** 2)
    high = rate - other + sqrt((here.high - rate) ** 2 + (other - there.low) ** 2)
    return Effect(1 - rate, 1 - other, low, high, p_value)


def _told(weak: Sequence[tuple[Slice, Effect]], total: int) -> list[int]:
    """Return the positions of those that say something new, the surest first."""
    order = best(np.array([effect.low for _, effect in weak]))
    if not len(order):
        return []
    common = _common([each for each, _ in weak], total)
    told: list[int] = []
    for at in order.tolist():
        if not any(common[at, other] >= REPEATED * common[at, at] for other in told):
            told.append(at)
    return told


def _common(found: Sequence[Slice], total: int) -> NDArray[np.int64]:
    """Return (s, s) how many rows each two slices have in common."""
    columns = np.concatenate([each.rows for each in found])
    starts = np.concatenate([[0], np.cumsum([len(each.rows) for each in found])])
    members = csr_array((np.ones(len(columns), np.int64), columns, starts), shape=(len(found), total))
    common: NDArray[np.int64] = (members @ members.T).toarray()
    return common


def _issue(evidence: Evidence, found: Slice, effect: Effect, wrong: NDArray[np.bool_]) -> Issue:
    of_labeled = " AND label : *" if len(evidence.labeled) < evidence.size else ""
    mistaken = found.rows[wrong[found.rows]]
    return Issue(
        score=min(1.0, max(0.0, effect.low)),
        reason=f"{found.name}: of {many(len(found.rows), 'row')} the model recognises {percent(effect.accuracy)}, "
        f"of all others {percent(effect.elsewhere)}.",
        filter=found.filter + of_labeled,
        evidence={
            "support": len(found.rows),
            "wrong": len(mistaken),
            "accuracy": round(effect.accuracy, 6),
            "accuracy_elsewhere": round(effect.elsewhere, 6),
            "effect": round(effect.elsewhere - effect.accuracy, 6),
            "interval": [round(effect.low, 6), round(effect.high, 6)],
            "p_value": effect.p_value,
            "rows": listed(evidence.numbers, evidence.labeled[mistaken]),
        },
    )


KIND: Final = Kind(
    "weak_slices",
    "Weak slices",
    "Texts of a length, with a word or about one thing where the model is wrong more often than elsewhere.",
    find,
)
