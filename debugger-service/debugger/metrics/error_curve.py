"""How probable an error is at every score, learned from decisions."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular
from scipy.optimize import minimize
from scipy.special import expit, logit

LEAST: Final = 1e-4
"""A score of 0 is taken for this, one of 1 for what is as near to 1: nothing is quite sure."""
BINS: Final = 64
SHIFT: Final = 1.5
"""Standard deviation, in log odds: how much too high or too low all scores may be."""
TILT: Final = 0.6
"""Standard deviation of the logarithm of the slope: how much too flat or too steep all scores may be."""
BEND: Final = 0.8
"""The same, of the slope around a score."""
REACH: Final = 2.0
"""Log odds over which the slope stays alike."""
_STEEPEST: Final = 20.0
"""Logarithm of the slope, far beyond what happens: the search must not overflow."""
_JITTER: Final = 1e-9

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class _Curves:
    """All curves: from a pivot, moved by a shift, log odds rise by a positive slope along each of b - 1 segments."""

    start: float
    rise: Numbers
    """(b, b - 1) signed lengths of the segments between the pivot and each bin."""

    spread: Numbers
    """(b - 1, b - 1) a root of the covariance of the logarithms of the slopes."""

    def odds(self, free: Numbers) -> Numbers:
        """Return (…, b) log odds for (…, b) numbers that are standard normal before the first decision."""
        slopes = self._slopes(free)
        return np.asarray(self.start + SHIFT * free[..., :1] + slopes @ self.rise.T)

    def gradient(self, free: Numbers) -> Numbers:
        """Return (b, b) how each log odds changes with each of (b,) numbers."""
        return np.hstack([np.full((len(free), 1), SHIFT), (self.rise * self._slopes(free)) @ self.spread])

    def _slopes(self, free: Numbers) -> Numbers:
        # Less half of the variance of the bends, these average to 1 over a long way.
        logarithms = free[..., 1:] @ self.spread.T - BEND**2 / 2
        return np.asarray(np.exp(np.clip(logarithms, -_STEEPEST, _STEEPEST)))


@dataclass(frozen=True)
class ErrorCurve:
    """What is known of the probability of an error in each of b bins of scores."""

    bin_of_row: NDArray[np.int64]
    """(n,)"""

    curves: _Curves
    mode: Numbers
    root: Numbers
    """(b, b) upper triangular; times its transpose, the precision around the mode."""

    def draw(self, count: int, random: np.random.Generator) -> Numbers:
        """Return (count, b) probabilities of an error, one likely curve a row."""
        normal = random.normal(size=(len(self.mode), count))
        return np.asarray(expit(self.curves.odds(self.mode + solve_triangular(self.root, normal, lower=False).T)))


def learned(scores: NDArray[np.floating], decided: NDArray[np.bool_], errors: NDArray[np.bool_]) -> ErrorCurve:
    """Return what is known of the probability of an error at (n,) scores, n at least 1, of which rows are `decided`.

    A monotone regression with a prior: the log odds of an error rise with those of the score, by a slope that is the
    exponential of an Ornstein-Uhlenbeck process around 0, from a shift around 0; so the scores themselves are the
    middle of what is believed before the first decision. The posterior is by Laplace's approximation (Rasmussen &
    Williams 2006, "Gaussian Processes for Machine Learning", 3.4) with Gauss and Newton's second derivatives.

    People decide from the top. That biases nothing at a score where they did, for whether a row is decided depends on
    its score alone; below it, errors are at most as frequent as at the last scores decided, and how much rarer is
    learned from how they fell off so far, less surely with every step down. A cliff further down cannot be foreseen: a
    few rows decided at random from all that are left narrow the interval most. Rows that people pick because they look
    wrong do bias it.
    """
    odds = np.asarray(logit(np.clip(scores.astype(np.float64), LEAST, 1 - LEAST)))
    bin_of_row, centres = _binned(odds)
    counts, hits = (_counted(bin_of_row, rows, len(centres)) for rows in (decided, decided & errors))
    curves = _curves(centres)
    mode = _mode(curves, counts, hits)
    gradient, chances = curves.gradient(mode), expit(curves.odds(mode))
    precision = np.eye(len(mode)) + (gradient.T * (counts * chances * (1 - chances))) @ gradient
    return ErrorCurve(bin_of_row, curves, mode, cholesky(precision, lower=False))


def _binned(odds: Numbers) -> tuple[NDArray[np.int64], Numbers]:
    """Return each row's bin, of equal width and not empty, and the mean of each bin's rows."""
    width = max(float(np.ptp(odds)) / BINS, _JITTER)
    _, bin_of_row = np.unique(((odds - odds.min()) / width).astype(np.int64), return_inverse=True)
    return bin_of_row, np.bincount(bin_of_row, odds) / np.bincount(bin_of_row)


def _counted(bin_of_row: NDArray[np.int64], rows: NDArray[np.bool_], bins: int) -> Numbers:
    return np.bincount(bin_of_row[rows], minlength=bins).astype(np.float64)


def _curves(centres: Numbers) -> _Curves:
    lengths, middles = np.diff(centres), (centres[1:] + centres[:-1]) / 2
    pivot = int(np.abs(centres).argmin())
    bins, segments = np.arange(len(centres))[:, None], np.arange(len(lengths))
    rise = lengths * ((segments < bins).astype(np.float64) - (segments < pivot))
    alike = np.exp(-np.abs(np.subtract.outer(middles, middles)) / REACH)
    covariance = TILT**2 + BEND**2 * alike + _JITTER * np.eye(len(lengths))
    return _Curves(float(centres[pivot]), rise, cholesky(covariance, lower=True))


def _mode(curves: _Curves, counts: Numbers, hits: Numbers) -> Numbers:
    """Return the likeliest (b,) numbers."""

    def loss(free: Numbers) -> tuple[float, Numbers]:
        odds = curves.odds(free)
        value = (counts * np.logaddexp(0, odds) - hits * odds).sum() + free @ free / 2
        return float(value), free + curves.gradient(free).T @ (counts * expit(odds) - hits)

    return np.asarray(minimize(loss, np.zeros(len(counts)), jac=True, method="L-BFGS-B").x)
