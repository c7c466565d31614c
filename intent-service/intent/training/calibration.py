"""Margins become probabilities, and a score becomes the verdict "out of scope"."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

from intent.card import Calibration
from intent.classifier import Scores, pieces

BINS: Final = 15
LEAST, MOST = 0.05, 150.0
"""Of a slope: the order of the margins must remain."""
LIKELIEST: Final = 20
"""So many margins of a text are looked at one by one, the others by their mean."""

Indices = NDArray[np.int64]


def calibrate(margins: Scores, truth: Indices) -> Calibration:
    """Return the calibration with the least negative log likelihood of `truth`.

    As temperature scaling (Guo et al. 2017), with a slope for each range of margins; by L-BFGS-B (Byrd et al. 1995) on
    the slopes' logarithms. `margins` are of models that did not see the texts.
    """
    shown, own = _likeliest(margins, truth)
    rest = margins.shape[1] - shown.shape[1]
    largest = np.take_along_axis(margins, shown, axis=1)
    sum_of_rest = margins.sum(axis=1, keepdims=True) - largest.sum(axis=1, keepdims=True)
    parts = np.concatenate([pieces(largest), pieces(sum_of_rest / max(1, rest))], axis=1)
    weight = np.concatenate([np.zeros(shown.shape[1]), [np.log(rest) if rest else -np.inf]])
    rows = np.arange(len(truth))

    def loss(logarithms: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        slopes = np.exp(logarithms)
        logits = parts @ slopes + weight
        log_sums = logsumexp(logits, axis=1)
        shares = np.exp(logits - log_sums[:, None])
        expected = np.einsum("tl,tlp->tp", shares, parts)
        return float((log_sums - logits[rows, own]).mean()), (expected - parts[rows, own]).mean(axis=0) * slopes

    start = np.full(parts.shape[2], 1.5)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(np.log(LEAST), np.log(MOST))] * len(start))
    return Calibration(slopes=np.exp(found.x).tolist())


def _likeliest(margins: Scores, truth: Indices) -> tuple[Indices, Indices]:
    """Return for each text the labels with the largest margins, its own among them, and where among them it is."""
    count = min(LIKELIEST, margins.shape[1])
    shown = np.argpartition(-margins, count - 1, axis=1)[:, :count]
    missing = ~(shown == truth[:, None]).any(axis=1)
    shown[missing, -1] = truth[missing]
    return shown, (shown == truth[:, None]).argmax(axis=1)


def calibration_error(probabilities: Scores, truth: Indices) -> float:
    """Return the expected calibration error of the likeliest labels in equal bins (Naeini et al. 2015)."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    bins = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    gaps = np.bincount(bins, right, BINS) - np.bincount(bins, confidence, BINS)
    return float(np.abs(gaps).sum() / len(truth))


def scope_threshold(inside: NDArray[np.float64], outside: NDArray[np.float64]) -> float | None:
    """Return the score that tells the two apart with the largest sum of both shares told right (Youden 1950).

    Without a text of either kind there is none.
    """
    if not len(inside) or not len(outside):
        return None
    scores = np.unique(np.concatenate([inside, outside]))
    between = np.concatenate([scores[:1] - 1, (scores[1:] + scores[:-1]) / 2, scores[-1:] + 1])
    kept = 1 - np.searchsorted(np.sort(inside), between) / len(inside)
    refused = np.searchsorted(np.sort(outside), between) / len(outside)
    return float(between[np.argmax(kept + refused)])
