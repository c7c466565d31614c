"""Whether a model is right as often as it is sure."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from debugger.metrics.intervals import LEVEL, Interval, bootstrapped, wilson
from debugger.metrics.resampling import RESAMPLES, SEED
from debugger.metrics.rows import Classes, checked

BINS: Final = 15
_BLOCK: Final = 2_000_000
"""Rows drawn at once: 16 MB."""

Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows that a model is about equally sure of."""

    rows: int
    low: float
    high: float
    """The confidences are from `low` to `high`."""

    confidence: float
    """The mean."""

    accuracy: Interval


@dataclass(frozen=True)
class Calibration:
    """How far confidences can be taken for probabilities."""

    bins: tuple[Bin, ...]
    """Of about equally many rows, the least sure first."""

    error: Interval
    """The expected calibration error: the mean distance of confidence and accuracy over the bins, weighted by rows."""


def calibration(
    confidences: Shares,
    right: NDArray[np.bool_],
    bins: int = BINS,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Calibration:
    """Return the calibration of the (n,) confidences of answers, of which `right`, (n,), are right.

    The error (Naeini, Cooper & Hauskrecht 2015) is in bins of equal mass (Nguyen & O'Connor 2015): those of equal width
    leave most of them nearly empty. It is never 0, however well calibrated a model is: its interval, bootstrapped over
    rows in the bins as they are, begins at 0 where confidences that are exact would show as large an error.
    Raises ValueError where there is no answer, not as many of each, or a confidence that is not finite.
    """
    if not len(confidences) or confidences.shape != right.shape:
        raise ValueError("confidences and whether they are right: give as many of each, and at least one")
    if not np.isfinite(confidences).all():
        raise ValueError("confidences must be finite: leave out the rows without an answer")
    order = np.argsort(confidences, kind="stable")
    edges = np.unique(np.linspace(0, len(order), bins + 1).astype(np.int64))
    parts = np.split(order, edges[1:-1])
    return Calibration(
        bins=tuple(_bin(confidences[part], right[part], level) for part in parts),
        error=_error(right[order], confidences[order], edges, level, resamples, seed),
    )


def brier(probabilities: NDArray[np.floating], labels: Classes, level: float = LEVEL) -> Interval:
    """Return Brier's score (1950) of (n, k) probabilities, each row of sum 1, of rows with (n,) labels.

    It is the mean squared distance from the truth, summed over classes: from 0, the best, to 2; the interval is by the
    normal approximation of a mean. Raises ValueError as `checked` says, and where the probabilities are not finite.
    """
    if not np.isfinite(probabilities).all():
        raise ValueError("probabilities must be finite: leave out the rows without an answer")
    checked(labels, probabilities.argmax(axis=1), probabilities.shape[1])
    rows = len(labels)
    # Not by all squared differences: that would take as much memory again as the probabilities.
    squares = np.einsum("nk,nk->n", probabilities, probabilities, dtype=np.float64)
    losses = squares - 2 * probabilities[np.arange(rows), labels].astype(np.float64) + 1
    spread = float(losses.std(ddof=1)) if rows > 1 else 2.0
    value, reach = float(losses.mean()), float(norm.ppf((1 + level) / 2)) * spread / rows**0.5
    return Interval(value, max(0.0, value - reach), min(2.0, value + reach))


def _bin(confidences: Shares, right: NDArray[np.bool_], level: float) -> Bin:
    accuracy = wilson(int(right.sum()), len(right), level)
    return Bin(len(right), float(confidences[0]), float(confidences[-1]), float(confidences.mean()), accuracy)


def _error(
    right: NDArray[np.bool_], confidences: Shares, edges: NDArray[np.int64], level: float, resamples: int, seed: int
) -> Interval:
    """Return the error of rows in bins between `edges`."""
    random, rows, gaps = np.random.default_rng(seed), len(right), right - confidences
    bin_of_row = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
    value = float(np.abs(np.add.reduceat(gaps, edges[:-1])).sum() / rows)
    at_once = max(1, _BLOCK // rows)
    sizes = [min(at_once, resamples - start) for start in range(0, resamples, at_once)]
    drawn = np.concatenate([_errors(gaps, bin_of_row, random.integers(rows, size=(size, rows))) for size in sizes])
    interval = bootstrapped(value, drawn, level)
    variances = np.add.reduceat(confidences * (1 - confidences), edges[:-1])
    by_chance = np.abs(random.normal(size=(resamples, len(variances))) * variances**0.5).sum(axis=1) / rows
    low = 0.0 if value <= np.quantile(by_chance, level) else max(0.0, interval.low)
    return Interval(value, low, min(1.0, interval.high))


def _errors(gaps: Shares, bin_of_row: NDArray[np.int64], drawn: NDArray[np.int64]) -> Shares:
    """Return (b,) the errors of the rows with the numbers `drawn`, (b, rows)."""
    blocks, bins = len(drawn), int(bin_of_row[-1]) + 1
    keys = bin_of_row[drawn] + np.arange(blocks)[:, None] * bins
    sums = np.bincount(keys.ravel(), gaps[drawn].ravel(), blocks * bins).reshape(blocks, bins)
    return np.asarray(np.abs(sums).sum(axis=1) / drawn.shape[1])
