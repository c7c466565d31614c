"""When to stop reviewing: how many errors the next rows of a ranking hold, and how many are left in all."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from debugger.metrics.error_curve import learned

UNDECIDED: Final = -1
RIGHT: Final = 0
ERROR: Final = 1
LEVEL: Final = 0.9
CURVES: Final = 2000
"""Likely curves drawn to tell the interval by."""
SEED: Final = 0


@dataclass(frozen=True, slots=True)
class Outlook:
    """Look at `rows` rows, expect so many errors, between `low` and `high`."""

    rows: int
    expected: int
    """As probably more as fewer."""

    low: int
    high: int


class Review:
    """A ranking of n rows of which people decided some, and what that says of the others."""

    ranking: NDArray[np.int64]
    """The positions of the undecided rows, the highest score first."""

    def __init__(
        self, scores: NDArray[np.floating], outcomes: NDArray[np.integer], level: float = LEVEL, seed: int = SEED
    ) -> None:
        """Learn from (n,) scores in [0, 1] and (n,) `outcomes`: UNDECIDED, RIGHT, ERROR.

        The scores are what is believed of the probability of an error before the first decision; see `learned` for what
        the decisions change, and what it means that people begin at the top. Raises ValueError for other numbers.
        """
        if scores.shape != outcomes.shape or not np.isin(outcomes, (UNDECIDED, RIGHT, ERROR)).all():
            raise ValueError(f"give every row a score, and an outcome that is {UNDECIDED}, {RIGHT} or {ERROR}")
        if not ((scores >= 0) & (scores <= 1)).all():
            raise ValueError("scores must be from 0 to 1")
        undecided = np.flatnonzero(outcomes == UNDECIDED)
        self.ranking = undecided[np.argsort(-scores[undecided], kind="stable")]
        self._quantiles = ((1 - level) / 2, 0.5, (1 + level) / 2)
        self._seed = seed
        if len(undecided):
            curve = learned(scores, outcomes != UNDECIDED, outcomes == ERROR)
            self._bins = curve.bin_of_row[self.ranking]
            self._curves = curve.draw(CURVES, np.random.default_rng(seed))

    def outlook(self, rows: int) -> Outlook:
        """Return what the next `rows` rows of the ranking hold, or all that are left where they are fewer.

        Of each likely curve a number of errors is drawn, the sum of as many throws of unequal coins, so that the
        interval is as wide as both chance and what is not known of the curve make it.
        """
        rows = min(rows, len(self.ranking))
        if not rows:
            return Outlook(0, 0, 0, 0)
        counts = np.bincount(self._bins[:rows], minlength=self._curves.shape[1])
        errors = np.random.default_rng(self._seed).binomial(counts, self._curves).sum(axis=1)
        low, expected, high = np.quantile(errors, self._quantiles, method="inverted_cdf").tolist()
        return Outlook(rows, expected, low, high)

    def left(self) -> Outlook:
        """Return what all undecided rows hold: how many errors are left."""
        return self.outlook(len(self.ranking))

    def probabilities(self) -> NDArray[np.float64]:
        """Return of each row of `ranking` the probability that it is an error, the median of the likely curves."""
        if not len(self.ranking):
            return np.zeros(0)
        return np.asarray(np.median(self._curves, axis=0)[self._bins])
