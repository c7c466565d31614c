"""Probabilities of every row by a model that was not fitted on it, one fold at a time.

Logistic regression on vectors of unit length; then one temperature for all (Guo et al. 2017), chosen on the rows that
have labels, which is fair since each is judged by a model that did not see it.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from debugger.evidence import UNKNOWN, linear

Floats = NDArray[np.float32]
Labels = NDArray[np.int32]
Folds = NDArray[np.int8]

FOLDS: Final = 5
CALIBRATED_ON: Final = 20_000
"""Rows; more of them change the temperature by nothing."""


def assign_folds(labels: Labels, seed: int = 0) -> Folds:
    """Return (n,) the fold of each row: each class is spread over all folds, of which there are at most `FOLDS`.

    Rows without a label are in one more fold, the last: the model of all labeled rows speaks of them.
    """
    labeled = np.flatnonzero(labels != UNKNOWN)
    count = min(FOLDS, max(1, len(labeled)))
    order = np.random.default_rng(seed).permutation(labeled)
    by_class = order[np.argsort(labels[order], kind="stable")]
    folds = np.full(len(labels), count, np.int8)
    folds[by_class] = np.arange(len(by_class)) % count
    return folds


def fold_numbers(folds: Folds) -> list[int]:
    """Return the folds that have rows; each is fitted by itself, in any order."""
    return [int(fold) for fold in np.unique(folds)]


def fit_fold(features: Floats, labels: Labels, classes: int, folds: Folds, fold: int) -> Floats:
    """Return (rows of the fold, classes) logits by a model of the labeled rows of all other folds.

    `features` are (n, d) of unit length. Logits are the logarithms of uncalibrated probabilities, always finite.
    """
    asked = features[folds == fold]
    if not len(asked):
        return np.zeros((0, classes), np.float32)
    return linear.fit(features, np.where(folds == fold, UNKNOWN, labels), classes).logits(asked)


def calibrate(logits: Floats, labels: Labels) -> Floats:
    """Return (n, k) probabilities, each row summing to 1, of the (n, k) logits of all folds."""
    probabilities: Floats = softmax(logits * np.float32(scale_of(logits, labels)), axis=1)
    return probabilities


def scale_of(logits: Floats, labels: Labels) -> float:
    """Return what `calibrate` multiplies logits by: one over the temperature."""
    labeled = np.flatnonzero(labels != UNKNOWN)
    if len(labeled) > CALIBRATED_ON:
        labeled = np.sort(np.random.default_rng(0).choice(labeled, CALIBRATED_ON, replace=False))
    return _scale(logits[labeled], labels[labeled])


def cross_validate(features: Floats, labels: Labels, classes: int, seed: int = 0) -> Floats:
    """Return (n, classes) calibrated out-of-sample probabilities, all folds at once."""
    folds = assign_folds(labels, seed)
    logits = np.zeros((len(labels), classes), np.float32)
    for fold in fold_numbers(folds):
        logits[folds == fold] = fit_fold(features, labels, classes, folds, fold)
    return calibrate(logits, labels)


def average(*several: Floats) -> Floats:
    """Return the mean of the probabilities of several models."""
    mean: Floats = np.mean(several, axis=0, dtype=np.float32)
    return mean


def _scale(logits: Floats, labels: Labels) -> float:
    """Return what to multiply logits by, so that the labels are as likely as can be."""
    if not len(labels) or logits.shape[1] < 2:
        return 1.0
    rows = np.arange(len(labels))

    def unlikeliness(exponent: float) -> float:
        return -float(log_softmax(logits * np.float32(np.exp(exponent)), axis=1)[rows, labels].mean(dtype=np.float64))

    return float(np.exp(minimize_scalar(unlikeliness, bounds=(-3, 3), method="bounded").x))
