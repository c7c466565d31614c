"""How good hyperparameters are on rows that are kept for choosing them: always the same ones."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import numpy as np
from numpy.typing import NDArray

from intent.features import Grams, grams_of
from intent.labels import Label
from intent.sentences import Sentences
from intent.training.data.examples import Example
from intent.training.data.refusals import DataError
from intent.training.data.splitting import Splits
from intent.training.fitting import Hyperparameters, fit

PARTS: Final = (0.25, 0.5, 1.0)
"""Shares of the training rows to fit on, one after the other: what is poor on the first need not be fitted on all."""

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Validating:
    """The rows to fit on, those of each of `PARTS` first, and the rows to judge by."""

    texts: Sequence[str]
    truth: Indices
    labels: int
    judged: Grams
    judged_truth: Indices
    sha256: str
    """Of the rows with their labels, and of which are for what."""

    @classmethod
    def of(cls, splits: Splits) -> "Validating":
        """Take the training and validation rows in scope; raises DataError for fewer than two labels or no row."""
        fitted, judged = _labelled(splits.training), _labelled(splits.validation)
        numbers = {label: number for number, label in enumerate(dict.fromkeys(label for _, label in fitted))}
        if len(numbers) < 2:
            raise DataError("a search needs training rows of two labels or more")
        if not judged:
            raise DataError("a search needs validation rows, and there are none: add rows to the data")
        truth = np.array([numbers[label] for _, label in fitted], np.int64)
        order = _spread(truth)
        return cls(
            texts=[fitted[row][0] for row in order],
            truth=truth[order],
            labels=len(numbers),
            judged=grams_of([text for text, _ in judged]),
            judged_truth=np.array([numbers.get(label, -1) for _, label in judged], np.int64),
            sha256=sha256(json.dumps([fitted, judged]).encode()).hexdigest(),
        )

    def parts(self) -> list[int]:
        """Return the growing numbers of rows to fit on; the last is all of them, and no part has a single label."""
        sizes = sorted({round(share * len(self.texts)) for share in PARTS})
        return [size for size in sizes if len(set(self.truth[:size].tolist())) > 1]

    def accuracy(self, rows: int, seed: int, hyperparameters: Hyperparameters) -> float:
        """Return the share of the rows to judge by that a model of the first `rows` rows answers rightly."""
        linear = fit(Sentences(self.texts[:rows]), self.truth[:rows], self.labels, seed, hyperparameters)
        margins = linear.margins(linear.vocabulary.vectors(self.judged))
        return float(np.mean(margins.argmax(axis=1) == self.judged_truth))


def _labelled(examples: Iterable[Example]) -> list[tuple[str, Label]]:
    return [(example.text, example.label) for example in examples if example.label is not None]


def _spread(truth: Indices) -> Indices:
    """Return an order of the rows in which every label is spread evenly over all of them."""
    counts, seen = Counter(truth.tolist()), Counter[int]()
    places = np.empty(len(truth))
    shuffled = np.random.default_rng(0).permutation(len(truth))
    offsets = np.random.default_rng(1).random(len(counts))
    for row in shuffled.tolist():
        label = int(truth[row])
        places[row] = (seen[label] + offsets[label]) / counts[label]
        seen[label] += 1
    return np.argsort(places, kind="stable")
