"""What models say of texts that they were not fitted on, for every text of the data once."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs
from numpy.typing import NDArray

from intent.classifier import Scores
from intent.sentences import Sentences
from intent.training.fitting import DEFAULT, Hyperparameters, fit

FOLDS: Final = 5
WORTH_PROCESSES: Final = 4000
"""Texts from which on it is quicker to start processes."""

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class OutOfFold:
    """`margins`, (texts, labels), and `scope` scores of the texts; of texts out of scope the folds' mean `outside`."""

    margins: Scores
    scope: NDArray[np.float64]
    outside: NDArray[np.float64]


def cross_fit(
    sentences: Sentences,
    truth: Indices,
    labels: int,
    outside: Sentences,
    seed: int,
    hyperparameters: Hyperparameters = DEFAULT,
) -> OutOfFold:
    """Fit a model on all folds but one for each; much data on all cores.

    In processes, not threads: LIBLINEAR's random numbers are one sequence for all of a process.
    """
    folds = _folds(truth, seed)
    found = OutOfFold(np.zeros((len(sentences), labels)), np.zeros(len(sentences)), np.zeros(len(outside)))
    processes = min(FOLDS, effective_n_jobs(-1)) if len(sentences) >= WORTH_PROCESSES else 1
    fitting = Parallel(n_jobs=processes, return_as="generator")
    results = fitting(
        delayed(_fit_without)(fold, folds, sentences, truth, labels, outside, seed, hyperparameters)
        for fold in range(FOLDS)
    )
    for fold, (margins, scope, scope_outside) in enumerate(results):
        own = folds == fold
        found.margins[own], found.scope[own] = margins, scope
        found.outside[:] += scope_outside / FOLDS
    return found


def _fit_without(
    fold: int,
    folds: Indices,
    sentences: Sentences,
    truth: Indices,
    labels: int,
    outside: Sentences,
    seed: int,
    hyperparameters: Hyperparameters,
) -> tuple[Scores, NDArray[np.float64], NDArray[np.float64]]:
    own, others = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
    linear = fit(sentences.take(others), truth[others], labels, seed, hyperparameters)
    return *linear.score(sentences.take(own)), linear.score(outside)[1] if len(outside) else np.empty(0)


def _folds(truth: Indices, seed: int) -> Indices:
    """Return the fold of each text; the texts of each label are spread over all of them."""
    order = np.random.default_rng(seed).permutation(len(truth))
    by_label = order[np.argsort(truth[order], kind="stable")]
    folds = np.empty(len(truth), np.int64)
    folds[by_label] = np.arange(len(truth)) % FOLDS
    return folds
