"""The pairs of rows that a map is made by: near ones, some half way off, and far ones."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from debugger.evidence.neighbours import Neighbours

Indices = NDArray[np.int64]

NEAR: Final = 10
MIDDLE: Final = 5
FAR: Final = 20
_SAMPLE: Final = 6
"""Rows by chance, of which the second nearest is half way off."""

_AROUND: Final = (3, 6)
"""Which neighbours tell how far apart rows are around here: the fourth to the sixth, or the last."""

_BLOCK: Final = 4096
"""Rows."""


@dataclass(frozen=True)
class Pairs:
    """Of each of n rows its partners."""

    near: Indices
    """(k, n)"""

    middle: Indices
    """(m, n)"""

    far: Indices
    """(f, n) each an order of all rows, so that every row is as often somebody's partner as it has some."""

    far_back: Indices
    """(f, n) whose partner each row is."""

    @classmethod
    def of(cls, embedding: NDArray[np.float32], neighbours: Neighbours, random: np.random.Generator) -> "Pairs":
        """Choose the pairs of at least two rows of (n, d) unit length or zeros."""
        far = np.stack([random.permutation(len(embedding)) for _ in range(FAR)])
        return cls(_near(neighbours, random), _middle(embedding, random), far, np.argsort(far, axis=1))


def _near(neighbours: Neighbours, random: np.random.Generator) -> Indices:
    """Return those of the neighbours that are near by the measure of the surroundings of both."""
    positions = _completed(neighbours.positions, random)
    distances = np.sqrt(np.maximum(0, 2 - 2 * neighbours.similarities[:, : positions.shape[1]]))
    first, end = _AROUND
    around = np.maximum(distances[:, min(first, distances.shape[1] - 1) : end].mean(axis=1), 1e-10)
    best = np.argsort(distances**2 / (around[:, None] * around[positions]), axis=1, kind="stable")[:, :NEAR]
    return np.ascontiguousarray(np.take_along_axis(positions, best, axis=1).T)


def _completed(positions: NDArray[np.int32], random: np.random.Generator) -> Indices:
    """Return them with rows that are near none paired with one another, and a single such row with any."""
    width = max(1, int((positions >= 0).any(axis=0).sum()))
    found = positions[:, :width].astype(np.int64)
    alone = np.flatnonzero((found < 0).all(axis=1))
    if len(alone) > 1:
        steps = np.arange(1, min(NEAR, len(alone) - 1) + 1)
        found[alone, : len(steps)] = alone[(np.arange(len(alone))[:, None] + steps) % len(alone)][:, : found.shape[1]]
    missing = found < 0
    found[missing] = random.integers(0, len(found), int(missing.sum()))
    return found


def _middle(embedding: NDArray[np.float32], random: np.random.Generator) -> Indices:
    """Return of each row `MIDDLE` times the second nearest of some by chance."""
    size = len(embedding)
    found = np.empty((MIDDLE, size), np.int64)
    for partners in found:
        for start in range(0, size, _BLOCK):
            rows = embedding[start : start + _BLOCK]
            sample = random.integers(0, size, (len(rows), _SAMPLE))
            cosines = np.einsum("nd,nsd->ns", rows, embedding[sample])
            second = np.argsort(-cosines, axis=1, kind="stable")[:, 1]
            partners[start : start + len(rows)] = sample[np.arange(len(rows)), second]
    return found
