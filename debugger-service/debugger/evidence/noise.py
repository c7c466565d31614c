"""How likely each label is wrong, from out-of-sample probabilities and from the labels of the nearest rows.

A row's class is believed by its probabilities and by its neighbours' votes together. Which label a row of a class gets
when it gets a wrong one is estimated from all rows at once (as by Dawid & Skene 1979, and Northcutt et al. 2021); so a
label counts as wrong the sooner, the more often rows of the believed class have it. A row's own label is left out of
what it is judged by: else each rare confusion would explain itself.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from cleanlab.count import compute_confident_joint
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import expit, gammaln

from debugger.evidence import UNKNOWN
from debugger.evidence.neighbours import Neighbours

Floats = NDArray[np.float32]

ROUNDS: Final = 3
"""After which the order of rows hardly changes."""
VOTERS: Final = 10
"""Neighbours that vote."""
NEARNESS: Final = 8
"""The power of the cosine that a vote counts for."""
DOUBT: Final = 0.1
"""What a class that no neighbour votes for keeps of the votes."""
CAUTION: Final = 0.7
"""The power of probability times votes: they agree because they are of one text, and would be too sure together."""
MARGIN: Final = 0.4
"""The share of the best other class alone in the score, which guards against a wrong estimate of the noise."""
PRIOR_ROWS: Final = 10.0
"""So many rows of each class are taken to be labeled as well as all rows are on the whole."""
CONCENTRATIONS: Final = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0)
"""How alike the wrong labels of all classes may be: the last one says that they are spread evenly."""
_TINY: Final = 1e-12


@dataclass(frozen=True)
class Judged:
    """Of n rows the scores, (n,) in [0, 1], 0 without a label, and what they are believed to be, (n, k) probabilities.

    The beliefs take the given labels into account; those of rows without one are their probabilities.
    """

    scores: Floats
    beliefs: Floats


@dataclass(frozen=True)
class _Noise:
    """Of k classes: how many rows are believed to be of each, and how many of these are labeled as each, (k, k)."""

    counts: NDArray[np.float64]
    rates: NDArray[np.float64]
    """(k,) the share of a class's rows that is labeled wrongly."""

    concentration: float

    @classmethod
    def first(cls, probabilities: Floats, labels: NDArray[np.int32]) -> "_Noise":
        """Count the rows that the model is surer of than it is of a class's rows on average: the confident joint."""
        return cls.of(compute_confident_joint(labels, probabilities, calibrate=False).T.astype(np.float64))

    @classmethod
    def again(cls, beliefs: Floats, labels: NDArray[np.int32]) -> "_Noise":
        classes, rows = beliefs.shape[1], len(labels)
        chosen = csr_matrix((np.ones(rows, np.float32), labels, np.arange(rows + 1)), (rows, classes))
        return cls.of(np.asarray(chosen.T @ beliefs, np.float64).T)

    @classmethod
    def of(cls, counts: NDArray[np.float64]) -> "_Noise":
        right = np.diag(counts)
        # Half a row more, after Jeffreys: if no label were taken to be wrong ever, none could be found to be.
        rate = (counts.sum() - right.sum() + 0.5) / (counts.sum() + 1)
        totals = counts.sum(axis=1)
        rates = (totals - right + PRIOR_ROWS * rate) / (totals + PRIOR_ROWS)
        return cls(counts, rates.clip(_TINY, 1), _concentration(counts))

    def likelihoods(self, labels: NDArray[np.int32], beliefs: Floats) -> Floats:
        """Return (n, k) how likely a row of each class gets the label that it has, judged by the other rows."""
        wrong = self.counts - np.diag(np.diag(self.counts))
        totals = wrong.sum(axis=1)
        others: Floats = np.maximum(wrong.T.astype(np.float32)[labels] - beliefs, 0)
        others += np.float32(self.concentration / (len(self.rates) - 1))
        others /= np.maximum(totals.astype(np.float32) - beliefs, 0) + np.float32(self.concentration)
        others *= self.rates.astype(np.float32)
        others[np.arange(len(labels)), labels] = np.maximum(1 - self.rates, _TINY)[labels]
        return others


def judge(probabilities: Floats, labels: NDArray[np.int32], neighbours: Neighbours) -> Judged:
    """Judge the labels, (n,) classes or `UNKNOWN`, by (n, k) probabilities of models that did not see the row."""
    labeled = np.flatnonzero(labels != UNKNOWN)
    scores, beliefs = np.zeros(len(labels), np.float32), probabilities.astype(np.float32)
    if probabilities.shape[1] > 1 and len(labeled):
        votes = _voting(neighbours, labeled, len(labels))
        scores[labeled], beliefs[labeled] = _judge_labeled(beliefs[labeled], labels[labeled], votes)
    return Judged(scores, beliefs)


def label_error_scores(probabilities: Floats, labels: NDArray[np.int32], neighbours: Neighbours) -> Floats:
    """Return (n,) scores in [0, 1], the greater, the likelier the label is wrong; 0 where there is none."""
    return judge(probabilities, labels, neighbours).scores


def _judge_labeled(probabilities: Floats, labels: NDArray[np.int32], votes: csr_matrix) -> tuple[Floats, Floats]:
    rows = np.arange(len(labels))
    beliefs = np.zeros_like(probabilities)
    beliefs[rows, labels] = 1
    noise = _Noise.first(probabilities, labels)
    for number in range(ROUNDS):
        prior = _prior(probabilities, votes @ beliefs)
        likelihoods = noise.likelihoods(labels, beliefs if number else np.zeros_like(beliefs))
        beliefs = _normalised(prior * likelihoods)
        noise = _Noise.again(beliefs, labels)
    return _scores(beliefs, prior, labels), beliefs


def _prior(probabilities: Floats, votes: Floats) -> Floats:
    """Return what the rows are believed to be before their own labels are looked at."""
    return _normalised((probabilities * (votes + np.float32(DOUBT))) ** np.float32(CAUTION))


def _scores(beliefs: Floats, prior: Floats, labels: NDArray[np.int32]) -> Floats:
    """Return the odds against the label, those against all classes and those against the best other one mixed."""
    rows = np.arange(len(labels))
    given = beliefs[rows, labels].astype(np.float64)
    alone = prior[rows, labels].astype(np.float64)
    others = prior.copy()
    others[rows, labels] = 0
    odds = np.log(np.maximum(1 - given, _TINY)) - np.log(np.maximum(given, _TINY))
    margin = np.log(np.maximum(others.max(axis=1), _TINY)) - np.log(np.maximum(alone, _TINY))
    mixed: Floats = expit((1 - MARGIN) * odds + MARGIN * margin).astype(np.float32)
    return mixed


def _voting(neighbours: Neighbours, labeled: NDArray[np.int64], size: int) -> csr_matrix:
    """Return (labeled, labeled): by how much each row's vote counts for each, rows summing to 1 or 0."""
    place = np.full(size + 1, -1, np.int64)  # the last one is of "no neighbour", -1
    place[labeled] = np.arange(len(labeled))
    positions = place[neighbours.positions[labeled, :VOTERS]]
    weights = np.maximum(neighbours.similarities[labeled, :VOTERS], 0).astype(np.float32) ** NEARNESS
    weights[positions < 0] = 0
    totals = weights.sum(axis=1, keepdims=True)
    weights = np.divide(weights, totals, out=np.zeros_like(weights), where=totals > 0)
    starts = np.arange(len(labeled) + 1) * positions.shape[1]
    return csr_matrix((weights.ravel(), np.maximum(positions, 0).ravel(), starts), (len(labeled), len(labeled)))


def _normalised(values: Floats) -> Floats:
    totals = values.sum(axis=1, keepdims=True)
    found: Floats = np.divide(values, totals, out=np.full_like(values, 1 / values.shape[1]), where=totals > 0)
    return found


def _concentration(counts: NDArray[np.float64]) -> float:
    """Return how evenly the wrong labels of a class are spread, by the likelihood of the counts (Minka 2000)."""
    classes = len(counts)
    wrong = counts[~np.eye(classes, dtype=np.bool_)].reshape(classes, classes - 1)
    totals = wrong.sum(axis=1)

    def likelihood(value: float) -> float:
        each = value / (classes - 1)
        spread = gammaln(wrong + each).sum() - gammaln(each) * wrong.size
        return float(spread + (gammaln(value) - gammaln(value + totals)).sum())

    return max(CONCENTRATIONS, key=likelihood)
