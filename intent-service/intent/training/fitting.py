"""From labelled texts to a margin for every label: a linear support vector machine on TF-IDF and an encoder's vectors.

One machine for each label against all others, with squared hinge loss (Fan et al. 2008, LIBLINEAR).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.svm import LinearSVC

from intent.classifier import Dense, Linear
from intent.features import Floats, Grams, Vocabulary, grams_of
from intent.sentences import Sentences

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Hyperparameters:
    """What is not learned: the words' share of a TF-IDF vector's squared length, C of the support vector machine, and
    how long an encoder's vectors are beside TF-IDF's, which have length 1.

    The defaults were chosen on validation parts of Banking77 and CLINC150.
    """

    word_share: float = 0.4
    regularisation: float = 1.0
    encoder_length: float = 1.5


DEFAULT: Final = Hyperparameters()


def fit(
    sentences: Sentences, truth: Indices, labels: int, seed: int, hyperparameters: Hyperparameters = DEFAULT
) -> Linear:
    """Return the model of `sentences`, of which each has the label of the number `truth`, from 0 below `labels`."""
    grams = grams_of(sentences.texts)
    vocabulary = _vocabulary(grams, hyperparameters.word_share)
    weights, bias = _machines(
        _matrix(vocabulary, grams, sentences, hyperparameters), truth, labels, seed, hyperparameters
    )
    size = len(vocabulary.hashes)
    dense = None
    if sentences.vectors is not None:
        dense = Dense(
            weights[size:] * np.float32(hyperparameters.encoder_length), means(sentences.vectors, truth, labels)
        )
    return Linear(vocabulary, weights[:size], bias, dense)


def means(vectors: Floats, truth: Indices, labels: int) -> Floats:
    """Return the direction of the mean of each label's vectors, (dimensions, labels); 0 for a label without any."""
    sums = np.zeros((labels, vectors.shape[1]))
    np.add.at(sums, truth, vectors)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    found: Floats = np.divide(sums, lengths, out=sums, where=lengths > 0).T.astype(np.float32)
    return found


def _matrix(vocabulary: Vocabulary, grams: Grams, sentences: Sentences, hyperparameters: Hyperparameters) -> csr_matrix:
    sparse = vocabulary.vectors(grams)
    shape = (len(sentences), len(vocabulary.hashes))
    matrix = csr_matrix((sparse.values.astype(np.float64), sparse.columns, sparse.starts), shape)
    if sentences.vectors is None:
        return matrix
    return hstack([matrix, csr_matrix(sentences.vectors.astype(np.float64) * hyperparameters.encoder_length)]).tocsr()


def _machines(
    matrix: csr_matrix, truth: Indices, labels: int, seed: int, hyperparameters: Hyperparameters
) -> tuple[Floats, Floats]:
    """Return the weights, (columns, labels), and the bias of a machine for each label."""
    weights = np.zeros((matrix.shape[1], labels), np.float32)
    bias = np.full(labels, -1, np.float32)  # a label without an example here is never the likeliest
    if len(np.unique(truth)) == 1:  # as in a part of very few rows
        bias[truth[0]] = 1
        return weights, bias
    machine = LinearSVC(C=hyperparameters.regularisation, random_state=seed).fit(matrix, truth)
    if len(machine.classes_) == 2:
        machine.coef_ = np.vstack([-machine.coef_, machine.coef_])
        machine.intercept_ = np.concatenate([-machine.intercept_, machine.intercept_])
    weights[:, machine.classes_] = machine.coef_.T
    bias[machine.classes_] = machine.intercept_
    return weights, bias


def _vocabulary(grams: Grams, word_share: float) -> Vocabulary:
    """Return all n-grams, with the smoothed inverse of how many texts each is in as its weight."""
    order = np.lexsort((grams.rows, grams.hashes))
    hashes, rows = grams.hashes[order], grams.rows[order]
    first = np.ones(len(hashes), np.bool_)
    first[1:] = (hashes[1:] != hashes[:-1]) | (rows[1:] != rows[:-1])
    known, texts = np.unique(hashes[first], return_counts=True)
    rarity = np.log((1 + grams.texts) / (1 + texts)) + 1
    return Vocabulary(known, rarity.astype(np.float32), word_share)
