"""The nearest neighbours of every row, found once for all who ask.

Exact, by all cosines, a block of rows against a block of rows at a time; each block is of use to both. That takes half
of the products that an index needs which is asked for one row after the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

NEIGHBOURS: Final = 20
"""Of each row, unless asked for another number."""
BLOCK: Final = 1024
"""Rows."""


@dataclass(frozen=True)
class Neighbours:
    """Of each of n rows its m nearest others by the cosine of their embeddings, the nearest first."""

    positions: NDArray[np.int32]
    """(n, m) positions in the evidence; -1 where there are fewer others."""

    similarities: NDArray[np.float32]
    """(n, m) cosines, not growing along a row; 0 where there is no neighbour."""


def nearest(embedding: Floats, count: int = NEIGHBOURS) -> Neighbours:
    """Find the `count` nearest of each row of `embedding`, (n, d) of unit length or zeros.

    A row of zeros has no neighbours and is none. Of equally near ones any may be chosen, but always the same.
    """
    known = np.flatnonzero(embedding.any(axis=1))
    best = _Best.of(len(known), min(count, max(0, len(known) - 1)))
    if best.width:
        _search(np.ascontiguousarray(embedding[known], np.float32), best)
    found = Neighbours(np.full((len(embedding), count), -1, np.int32), np.zeros((len(embedding), count), np.float32))
    order = np.lexsort((best.positions, -best.similarities), axis=1)
    found.positions[known, : best.width] = known[np.take_along_axis(best.positions, order, axis=1)]
    found.similarities[known, : best.width] = np.take_along_axis(best.similarities, order, axis=1).clip(-1, 1)
    return found


@dataclass(frozen=True)
class _Best:
    """The nearest that are found so far, in any order; a similarity of minus infinity where none is."""

    positions: Integers
    similarities: Floats

    @classmethod
    def of(cls, size: int, width: int) -> "_Best":
        return cls(np.zeros((size, width), np.int64), np.full((size, width), -np.inf, np.float32))

    @property
    def width(self) -> int:
        return int(self.positions.shape[1])

    def take(self, rows: Integers, others: Integers, cosines: Floats) -> None:
        """Keep of each row the nearest of those that it has and those among `others`; `rows` must be sorted."""
        mine, starts, counts = np.unique(rows, return_index=True, return_counts=True)
        if not len(mine):
            return
        places = np.repeat(np.arange(len(mine)), counts)
        columns = self.width + np.arange(len(rows)) - np.repeat(starts, counts)
        shape = (len(mine), self.width + int(counts.max()))
        positions, similarities = np.zeros(shape, np.int64), np.full(shape, -np.inf, np.float32)
        positions[:, : self.width], similarities[:, : self.width] = self.positions[mine], self.similarities[mine]
        positions[places, columns], similarities[places, columns] = others, cosines
        kept = _greatest(similarities, self.width)
        self.positions[mine] = np.take_along_axis(positions, kept, axis=1)
        self.similarities[mine] = np.take_along_axis(similarities, kept, axis=1)


def _search(embedding: Floats, best: _Best) -> None:
    for rows in _blocks(len(embedding)):
        _search_within(embedding, rows, best)
    for rows in _blocks(len(embedding)):
        for others in _blocks(len(embedding), rows.stop):
            cosines = embedding[rows] @ embedding[others].T
            _offer(cosines, rows, others, best)
            _offer_rows(cosines, rows, others, best)


def _search_within(embedding: Floats, rows: slice, best: _Best) -> None:
    cosines = embedding[rows] @ embedding[rows].T
    np.fill_diagonal(cosines, -np.inf)
    kept = _greatest(cosines, min(best.width, len(cosines)))
    best.positions[rows, : kept.shape[1]] = kept + rows.start
    best.similarities[rows, : kept.shape[1]] = np.take_along_axis(cosines, kept, axis=1)


def _offer(cosines: Floats, rows: slice, others: slice, best: _Best) -> None:
    """Let each of `rows` have those of `others` that are nearer than the farthest that it has."""
    farthest = best.similarities[rows].min(axis=1, keepdims=True)
    nearer = np.flatnonzero(cosines > farthest)
    places, columns = np.divmod(nearer, cosines.shape[1])
    best.take(places + rows.start, columns + others.start, cosines.ravel()[nearer])


def _offer_rows(cosines: Floats, rows: slice, others: slice, best: _Best) -> None:
    """Let each of `others` have those of `rows` that are nearer; to transpose the cosines would take far longer."""
    farthest = best.similarities[others].min(axis=1)
    nearer = np.flatnonzero(cosines > farthest)
    places, columns = np.divmod(nearer, cosines.shape[1])
    order = np.argsort(columns, kind="stable")
    best.take(columns[order] + others.start, places[order] + rows.start, cosines.ravel()[nearer[order]])


def _greatest(values: Floats, count: int) -> Integers:
    """Return (n, count) the columns of each row's greatest values, in any order."""
    return np.argpartition(values, values.shape[1] - count, axis=1)[:, values.shape[1] - count :]


def _blocks(size: int, start: int = 0) -> Iterator[slice]:
    for first in range(start, size, BLOCK):
        yield slice(first, min(first + BLOCK, size))
