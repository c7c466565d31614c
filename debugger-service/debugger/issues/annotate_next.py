"""Which of the rows without a label to annotate next: what a model learns most from."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from debugger.evidence import UNKNOWN, Evidence
from debugger.issues.base import Issue, Kind, Proposal
from debugger.issues.ranking import MAX_ISSUES, best
from debugger.issues.uncertainty import entropies, narrowness
from debugger.issues.wording import percent

SPREAD: Final = 256
"""So many rows are chosen to lie far from each other; the others are judged by their distance from these."""

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

_BECAUSE: Final = {
    "entropy": "the model spreads its belief over many labels",
    "margin": "the model wavers between two labels",
    "diversity": "it is unlike what was labeled or is chosen before it",
    "given_score": "the score that it came with is high",
}


def find(evidence: Evidence) -> Sequence[Issue]:
    """Find the unlabeled rows in the order to annotate them; by which choice each comes first is in its evidence."""
    rows = np.flatnonzero((evidence.labels == UNKNOWN) & ~evidence.out_of_scope)
    if not len(rows):
        return []
    choices = _choices(evidence, rows)
    ranks = {name: _ranks(values) for name, values in choices.items()}
    together = np.stack(list(ranks.values()))
    scores = (together.max(axis=0) + together.mean(axis=0)) / 2
    names = list(choices)
    return [
        _issue(evidence, int(rows[at]), float(scores[at]), names[int(together[:, at].argmax())], choices, int(at))
        for at in best(scores)
    ]


def _choices(evidence: Evidence, rows: Rows) -> dict[str, Floats]:
    """Return by each choice the (r,) worth of the rows, the greater the sooner; NaN where it has none."""
    probabilities = evidence.probabilities[rows]
    choices = {"entropy": entropies(probabilities), "margin": narrowness(probabilities)}
    choices["diversity"] = _diversity(evidence, rows, choices["entropy"] + choices["margin"])
    given = evidence.scores[rows].astype(np.float64)
    if np.isfinite(given).any():
        choices["given_score"] = np.where(np.isfinite(given), given, np.nan)
    return choices


def _ranks(values: Floats) -> Floats:
    """Return the part of the values that each is at least as great as; 0 for NaN, and a half where all are equal."""
    ranks = np.zeros(len(values))
    there = np.isfinite(values)
    ranks[there] = rankdata(values[there]) / max(1, there.sum())
    return ranks


def _diversity(evidence: Evidence, rows: Rows, uncertainty: Floats) -> Floats:
    """Return (r,) the distance from what is labeled or chosen before, among the most uncertain; less for all others.

    Greedy k-center (Sener and Savarese 2018, https://arxiv.org/abs/1708.00489), begun with the most uncertain row.
    """
    distances = np.zeros(len(rows))
    pool = best(uncertainty, MAX_ISSUES)
    distances[pool] = _farthest_first(evidence.embedding[rows[pool]], _to_labeled(evidence, rows[pool]))
    return distances


def _to_labeled(evidence: Evidence, rows: Rows) -> Floats:
    """Return (r,) the cosine distance to the nearest labeled row among the neighbours, 1 where there is none."""
    near = evidence.neighbours.positions[rows]
    labeled = (near >= 0) & (evidence.labels[near] != UNKNOWN)
    similar = np.where(labeled, evidence.neighbours.similarities[rows], 0)
    distances: Floats = 1 - similar.max(axis=1, initial=0).clip(0, 1).astype(np.float64)
    return distances


def _farthest_first(embedding: NDArray[np.float32], distances: Floats) -> Floats:
    """Choose the farthest row again and again; return at which distance each was chosen, or is left."""
    left, found = distances.copy(), distances.copy()
    for turn in range(min(SPREAD, len(left))):
        chosen = int(left.argmax()) if turn else 0
        found[chosen] = left[chosen]
        left = np.minimum(left, (1 - embedding @ embedding[chosen]).clip(0, 1))
        left[chosen] = -1
    return np.where(left < 0, found, left)


def _issue(evidence: Evidence, row: int, score: float, chosen_by: str, choices: dict[str, Floats], at: int) -> Issue:
    return Issue(
        score=score,
        reason=_reason(evidence, row, chosen_by),
        position=row,
        proposal=Proposal("annotate"),
        evidence={"chosen_by": chosen_by, **{name: _json(values[at]) for name, values in choices.items()}},
    )


def _reason(evidence: Evidence, row: int, chosen_by: str) -> str:
    reason = f"Annotate it soon: {_BECAUSE[chosen_by]}"
    if not evidence.classes:
        return f"{reason}."
    likely = int(evidence.predicted[row])
    confidence = percent(float(evidence.probabilities[row, likely]))
    return f"{reason}. It is “{evidence.classes[likely]}” with {confidence}."


def _json(value: np.float64) -> float | None:
    return round(float(value), 6) if np.isfinite(value) else None


KIND: Final = Kind(
    "annotate_next",
    "Annotate next",
    "Rows without a label that teach most: by entropy, by margin, by being unlike others, or by their given score.",
    find,
)
