"""The model in service: from texts to the probability of every label, with NumPy alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from intent.card import KNOTS, TENSORS, Calibration, Card, ModelUnavailableError, read_card
from intent.features import Floats, Sparse, Vocabulary, grams_of

Scores: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Scored:
    """What a model says of n texts: `probabilities`, (n, labels), and `scope`, (n,), low where out of scope."""

    probabilities: Scores
    scope: Scores


@dataclass(frozen=True)
class Linear:
    """A margin for every label: `weights`, (n-grams, labels), and `bias`, (labels,)."""

    vocabulary: Vocabulary
    weights: Floats
    bias: Floats

    def margins(self, vectors: Sparse) -> Scores:
        """Return the margins, (rows, labels)."""
        margins = np.empty((len(vectors.starts) - 1, len(self.bias)))
        for row, (start, end) in enumerate(zip(vectors.starts[:-1], vectors.starts[1:])):
            margins[row] = vectors.values[start:end] @ self.weights[vectors.columns[start:end]] + self.bias
        return margins

    def score(self, texts: Sequence[str]) -> tuple[Scores, Scores]:
        """Return the margins of `texts`, (n, labels), and their scope scores, (n,).

        The latter are the largest margin of each text, less the share of its n-grams that are not known.
        """
        vectors = self.vocabulary.vectors(grams_of(texts))
        margins = self.margins(vectors)
        return margins, margins.max(axis=1) - vectors.unknown


class Classifier:
    """A loaded model; may be called from several threads at once."""

    def __init__(self, card: Card, linear: Linear) -> None:
        self.card = card
        self.linear = linear

    def score(self, texts: Sequence[str]) -> Scored:
        """Return what the model says of `texts`."""
        margins, scope = self.linear.score(texts)
        return Scored(calibrated(margins, self.card.calibration), scope)


def load(folder: Path) -> Classifier:
    """Load the model in `folder`; raises ModelUnavailableError."""
    card = read_card(folder)
    try:
        tensors = load_file(folder / TENSORS)
        vocabulary = Vocabulary(tensors["hashes"], tensors["rarity"], float(tensors["word_share"][0]))
        linear = Linear(vocabulary, tensors["weights"], tensors["bias"])
    except (OSError, SafetensorError, KeyError) as error:
        raise ModelUnavailableError(f"{folder / TENSORS} is missing or damaged.") from error
    if linear.weights.shape != (len(vocabulary.hashes), len(card.labels)):
        raise ModelUnavailableError(f"{folder}: the tensors are not those of the {len(card.labels)} labels.")
    return Classifier(card, linear)


def calibrated(margins: Scores, calibration: Calibration) -> Scores:
    """Return the probabilities, (n, labels); their order is that of the margins."""
    logits = pieces(margins) @ np.array(calibration.slopes)
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: Scores = exponentials / exponentials.sum(axis=1, keepdims=True)
    return probabilities


def pieces(margins: Scores) -> Scores:
    """Return how much of each margin is on each piece of a calibration: an axis more; its sum is the margin and 1."""
    bounds = np.array([-np.inf, *KNOTS, np.inf])
    starts = np.array([KNOTS[0], *KNOTS])
    found: Scores = np.clip(margins[..., None], bounds[:-1], bounds[1:]) - starts
    return found
