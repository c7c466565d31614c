"""The model in service: from texts to the probability of every label, without an encoder with NumPy alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from intent.card import KNOTS, TENSORS, Calibration, Card, ModelUnavailableError, read_card
from intent.features import Floats, Sparse, Vocabulary, grams_of
from intent.sentences import Sentences

Scores: TypeAlias = NDArray[np.float64]

LIKENESS: Final = 4.0
"""Of a cosine in a scope score; chosen on CLINC150's validation part, where 3 to 6 are alike."""


@dataclass(frozen=True)
class Scored:
    """What a model says of n texts: `probabilities`, (n, labels), and `scope`, (n,), low where out of scope."""

    probabilities: Scores
    scope: Scores


@dataclass(frozen=True)
class Dense:
    """What a linear model adds to the margins by an encoder's vectors.

    `weights`, (dimensions, labels), and `means`, (dimensions, labels), of length 1: where the texts of a label are.
    """

    weights: Floats
    means: Floats


@dataclass(frozen=True)
class Linear:
    """A margin for every label: `weights`, (n-grams, labels), and `bias`, (labels,)."""

    vocabulary: Vocabulary
    weights: Floats
    bias: Floats
    dense: Dense | None = None

    def score(self, sentences: Sentences) -> tuple[Scores, Scores]:
        """Return the margins, (n, labels), and the scope scores, (n,).

        The latter are the largest margin of each text, less the share of its n-grams that are not known, and with an
        encoder `LIKENESS` times the largest cosine to a label's mean.
        """
        sparse = self.vocabulary.vectors(grams_of(sentences.texts))
        margins = self.margins(sparse)
        if self.dense is None or sentences.vectors is None:
            return margins, margins.max(axis=1) - sparse.unknown
        margins += sentences.vectors @ self.dense.weights
        likeness = (sentences.vectors @ self.dense.means).max(axis=1)
        return margins, margins.max(axis=1) - sparse.unknown + LIKENESS * likeness

    def margins(self, vectors: Sparse) -> Scores:
        """Return the margins by n-grams alone, (rows, labels)."""
        margins = np.empty((len(vectors.starts) - 1, len(self.bias)))
        for row, (start, end) in enumerate(zip(vectors.starts[:-1], vectors.starts[1:])):
            margins[row] = vectors.values[start:end] @ self.weights[vectors.columns[start:end]] + self.bias
        return margins


class NoEncoderError(Exception):
    """The model goes by n-grams alone."""


class Reader(Protocol):
    """What turns texts into what a model reads."""

    def read(self, texts: Sequence[str]) -> Sentences:
        """Return `texts`, perhaps with their vectors."""


class Classifier:
    """A loaded model; may be called from several threads at once."""

    def __init__(self, card: Card, linear: Linear, encoder: Reader | None = None) -> None:
        self.card = card
        self.linear = linear
        self._encoder = encoder

    @property
    def has_encoder(self) -> bool:
        """Whether a text costs milliseconds."""
        return self._encoder is not None

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return the vectors of `texts`, (texts, dimensions), each of length 1; raises NoEncoderError."""
        vectors = self._encoder.read(texts).vectors if self._encoder else None
        if vectors is None:
            reason = f"Version {self.card.version} has no sentence encoder: name one that was trained with --encoder."
            raise NoEncoderError(reason)
        return vectors

    def score(self, texts: Sequence[str]) -> Scored:
        """Return what the model says of `texts`."""
        margins, scope = self.linear.score(self._encoder.read(texts) if self._encoder else Sentences(texts))
        return Scored(calibrated(margins, self.card.calibration), scope)


def load(folder: Path) -> Classifier:
    """Load the model in `folder`; raises ModelUnavailableError."""
    card = read_card(folder)
    try:
        tensors = load_file(folder / TENSORS)
        vocabulary = Vocabulary(tensors["hashes"], tensors["rarity"], float(tensors["word_share"][0]))
        dense = Dense(tensors["dense_weights"], tensors["means"]) if card.encoder else None
        linear = Linear(vocabulary, tensors["weights"], tensors["bias"], dense)
    except (OSError, SafetensorError, KeyError) as error:
        raise ModelUnavailableError(f"{folder / TENSORS} is missing or damaged.") from error
    if linear.weights.shape != (len(vocabulary.hashes), len(card.labels)):
        raise ModelUnavailableError(f"{folder}: the tensors are not those of the {len(card.labels)} labels.")
    return Classifier(card, linear, _encoder(folder) if dense else None)


def _encoder(folder: Path) -> Reader:
    try:
        module = import_module("intent.encoder")  # only such a model needs ONNX Runtime
    except ImportError as error:
        reason = f"{folder}: the model has a sentence encoder; install flotilla-intent[encoder] to serve it."
        raise ModelUnavailableError(reason) from error
    try:
        encoder: Reader = module.Encoder(folder)
    except module.EncoderError as error:
        raise ModelUnavailableError(str(error)) from error
    return encoder


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
