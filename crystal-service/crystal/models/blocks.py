"""Makes a row's answer independent of its batch where the arithmetic is a library's.

Matrix libraries choose their kernels by the number of rows, and kernels differ in the last bits. Blocks of one size,
the last one padded, take that choice away, provided that a row's place in the block does not matter either; whether
it does on this machine is tried out when the model is loaded.
"""

from collections.abc import Callable

import numpy as np
import structlog

from crystal.models.base import Probabilities, Rows

BLOCK_ROWS = (1024, 256, 1)
"""Sizes to try, the fastest first; single rows cannot depend on their place."""
_log = structlog.get_logger(source="crystal")


class Blocks:
    """Calls `predict` with blocks of the largest size that is steady for `features` on this machine."""

    def __init__(self, predict: Callable[[Rows], Probabilities], features: int) -> None:
        self._predict = predict
        samples = np.random.default_rng(0).uniform(0, 8, (20, features))
        self.rows = next(rows for rows in BLOCK_ROWS if all(self._is_steady(sample, rows) for sample in samples))
        if self.rows == 1:
            _log.warning("a row's last bits depend on its place in a block here: rows are predicted one by one")

    def predict_proba(self, rows: Rows) -> Probabilities:
        """Return the probabilities of `rows`, block by block."""
        padded = np.zeros((-(-len(rows) // self.rows) * self.rows, rows.shape[1]))
        padded[: len(rows)] = rows
        blocks = [self._predict(padded[i : i + self.rows]) for i in range(0, len(padded), self.rows)]
        return np.concatenate(blocks)[: len(rows)]

    def _is_steady(self, sample: Rows, rows: int) -> bool:
        probabilities = self._predict(np.tile(sample, (rows, 1)))
        return bool((probabilities == probabilities[0]).all())
