"""From labelled texts to a margin for every label: a linear support vector machine on TF-IDF vectors.

One machine for each label against all others, with squared hinge loss (Fan et al. 2008, LIBLINEAR).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from intent.classifier import Linear
from intent.features import Floats, Grams, Vocabulary, grams_of

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Hyperparameters:
    """What is not learned: the words' share of a vector's squared length, and C of the support vector machine.

    The defaults were chosen on validation parts of Banking77 and CLINC150.
    """

    word_share: float = 0.4
    regularisation: float = 1.0


DEFAULT: Final = Hyperparameters()


def fit(
    texts: Sequence[str], truth: Indices, labels: int, seed: int, hyperparameters: Hyperparameters = DEFAULT
) -> Linear:
    """Return the model of `texts`, of which each has the label of the number `truth`, from 0 below `labels`."""
    grams = grams_of(texts)
    vocabulary = _vocabulary(grams, hyperparameters.word_share)
    vectors = vocabulary.vectors(grams)
    shape = (len(texts), len(vocabulary.hashes))
    matrix = csr_matrix((vectors.values.astype(np.float64), vectors.columns, vectors.starts), shape)
    if len(np.unique(truth)) == 1:  # as in a part of very few rows
        return Linear(vocabulary, np.zeros((shape[1], labels), np.float32), _alone(truth[0], labels))
    machine = LinearSVC(C=hyperparameters.regularisation, random_state=seed).fit(matrix, truth)
    weights = np.zeros((shape[1], labels), np.float32)
    bias = np.full(labels, -1, np.float32)  # a label without an example here is never the likeliest
    if len(machine.classes_) == 2:
        machine.coef_ = np.vstack([-machine.coef_, machine.coef_])
        machine.intercept_ = np.concatenate([-machine.intercept_, machine.intercept_])
    weights[:, machine.classes_] = machine.coef_.T
    bias[machine.classes_] = machine.intercept_
    return Linear(vocabulary, weights, bias)


def _alone(number: int, labels: int) -> Floats:
    bias = np.full(labels, -1, np.float32)
    bias[number] = 1
    return bias


def _vocabulary(grams: Grams, word_share: float) -> Vocabulary:
    """Return all n-grams, with the smoothed inverse of how many texts each is in as its weight."""
    order = np.lexsort((grams.rows, grams.hashes))
    hashes, rows = grams.hashes[order], grams.rows[order]
    first = np.ones(len(hashes), np.bool_)
    first[1:] = (hashes[1:] != hashes[:-1]) | (rows[1:] != rows[:-1])
    known, texts = np.unique(hashes[first], return_counts=True)
    rarity = np.log((1 + grams.texts) / (1 + texts)) + 1
    return Vocabulary(known, rarity.astype(np.float32), word_share)
