"""From rows of features to labels: the same answer for a row whatever batch it comes in."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crystal.card import Feature, ModelCard
from crystal.models import MODELS
from crystal.models.base import Model, ModelFileError, Probabilities, Rows
from crystal.settings import Settings

DEFAULT_LABELS = ("blue", "green", "yellow")
BLOCK_ROWS = (256, 128, 1)
"""Sizes of the blocks that a batch is cut into, the best first.

Matrix libraries choose their kernels by the number of rows, and kernels differ in the last bits. Blocks of one size,
the last one padded, make a row's probabilities independent of its batch, provided that its place in the block does
not matter; whether it does on this machine is tried out when the model is loaded.
"""


class PredictionError(Exception):
    """The model failed on data that is formally right."""


class ModelUnavailableError(Exception):
    """The model was not loaded; the text says why."""


@dataclass(frozen=True)
class OutOfRange:
    """A feature whose values lie far outside what training saw."""

    feature: Feature
    rows: int
    first_row: int
    value: float


@dataclass(frozen=True)
class Prediction:
    """Labels and probabilities, one of each a row, and what is odd about the data."""

    labels: list[str]
    scores: list[dict[str, float]]
    out_of_range: list[OutOfRange]


@dataclass(frozen=True)
class Predictor:
    """A loaded model with its labels and its card."""

    name: str
    model: Model
    version: str
    labels: tuple[str, ...]
    card: ModelCard | None
    block_rows: int

    def predict(self, rows: Rows) -> Prediction:
        """Score `rows`, shape (rows, features). Raises PredictionError."""
        try:
            probabilities = _in_blocks(self.model, rows, self.block_rows)
        except Exception as error:
            raise PredictionError(f"The {self.name} model failed on this data.") from error
        if not np.isfinite(probabilities).all():
            raise PredictionError(f"The {self.name} model has no finite answer for this data.")
        best = probabilities.argmax(axis=1)
        return Prediction(
            labels=[self.labels[index] for index in best.tolist()],
            scores=[dict(zip(self.labels, row)) for row in probabilities.tolist()],
            out_of_range=_out_of_range(rows, self.card.features if self.card else []),
        )


@dataclass(frozen=True)
class Unavailable:
    """A model that could not be loaded."""

    name: str
    reason: str


def load_predictors(settings: Settings) -> dict[str, Predictor | Unavailable]:
    """Load every model, or note why one could not be loaded."""
    return {name: _load(name, settings) for name in MODELS}


def _load(name: str, settings: Settings) -> Predictor | Unavailable:
    own: Path | None = getattr(settings, f"{name}_model", None)
    path = own or settings.model_dir / MODELS[name].filename
    try:
        version = _content_hash(path)
        model = MODELS[name].load(path, allow_pickle=settings.allow_pickle)
        card = ModelCard.load(path)
        labels = _fitting_labels(settings.labels or DEFAULT_LABELS, model, path)
        return Predictor(name, model, version, labels, card, _steady_block_rows(name, model))
    except (ModelFileError, PredictionError) as error:
        hint = "" if own or path.exists() else "; run `python -m crystal.train`"
        return Unavailable(name, f"{error}{hint}")


def _fitting_labels(labels: Sequence[str], model: Model, path: Path) -> tuple[str, ...]:
    if len(labels) != model.classes:
        raise ModelFileError(f"{path} has {model.classes} classes for {len(labels)} labels: set CRYSTAL_LABELS")
    if model.features != 4:
        raise ModelFileError(f"{path} takes {model.features} features, but a crystal has 4")
    return tuple(labels)


def _content_hash(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    except FileNotFoundError:
        raise ModelFileError(f"no file at {path}") from None
    except OSError as error:
        raise ModelFileError(f"{path} cannot be read: {error.strerror}") from error


def _steady_block_rows(name: str, model: Model) -> int:
    samples = np.random.default_rng(0).uniform(0, 8, (10, model.features))
    try:
        return next(rows for rows in BLOCK_ROWS if all(_is_steady(model, sample, rows) for sample in samples))
    except Exception as error:
        raise PredictionError(f"The {name} model failed on the data it is tried out with: {error}") from error


def _is_steady(model: Model, sample: NDArray[np.float64], rows: int) -> bool:
    probabilities = model.predict_proba(np.tile(sample, (rows, 1)))
    return bool((probabilities == probabilities[0]).all())


def _in_blocks(model: Model, rows: Rows, block_rows: int) -> Probabilities:
    padded = np.zeros((-(-len(rows) // block_rows) * block_rows, rows.shape[1]))
    padded[: len(rows)] = rows
    blocks = [model.predict_proba(padded[i : i + block_rows]) for i in range(0, len(padded), block_rows)]
    return np.concatenate(blocks)[: len(rows)]


def _out_of_range(rows: Rows, features: Sequence[Feature]) -> list[OutOfRange]:
    found = []
    for feature, values in zip(features, rows.T, strict=False):
        low, high = feature.plausible
        (odd,) = np.nonzero((values < low) | (values > high))
        if odd.size:
            first = int(odd[0])
            found.append(OutOfRange(feature, int(odd.size), first, float(values[first])))
    return found
