"""Drawing rows with replacement, many times over, as counts of what rows have in common."""

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from debugger.metrics.rows import Cells

RESAMPLES: Final = 1000
SEED: Final = 0
_BLOCK: Final = 2_000_000
"""Numbers drawn at once: 16 MB."""
_ROWS_A_CELL: Final = 10
"""Drawing the count of a cell takes as long as drawing so many rows."""

Counts = NDArray[np.int64]


def resampled(cells: Cells, resamples: int, seed: int) -> Iterator[Counts]:
    """Yield blocks, (resamples, c), of how often each cell is drawn when as many rows are drawn with replacement.

    Rows of a cell are all alike to a figure, so their counts, which are multinomial, are drawn where cells are few.
    """
    random = np.random.default_rng(seed)
    rows, size = int(cells.counts.sum()), len(cells.counts)
    draw = _counts if size * _ROWS_A_CELL < rows else _rows
    at_once = max(1, _BLOCK // max(size, rows))
    for start in range(0, resamples, at_once):
        yield draw(cells, min(at_once, resamples - start), random)


def resample(
    cells: Cells, figure: Callable[[Counts], NDArray[np.float64]], resamples: int, seed: int
) -> NDArray[np.float64]:
    """Return (resamples, …) of what `figure` makes of blocks of counts."""
    return np.concatenate([figure(counts) for counts in resampled(cells, resamples, seed)])


def _counts(cells: Cells, resamples: int, random: np.random.Generator) -> Counts:
    rows = cells.counts.sum()
    return random.multinomial(rows, cells.counts / rows, size=resamples)


def _rows(cells: Cells, resamples: int, random: np.random.Generator) -> Counts:
    size, rows = len(cells.counts), int(cells.counts.sum())
    cell_of_row = np.repeat(np.arange(size), cells.counts)
    drawn = cell_of_row[random.integers(rows, size=(resamples, rows), dtype=np.int32)]
    drawn += np.arange(resamples)[:, None] * size
    return np.bincount(drawn.ravel(), minlength=resamples * size).reshape(resamples, size)
