"""From rows of features to labels: the same answer for a row whatever batch it comes in."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crystal.card import Feature, ModelCard
from crystal.models import MODELS
from crystal.models.base import Model, ModelFileError, Rows
from crystal.settings import Settings

DEFAULT_LABELS = ("blue", "green", "yellow")


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

    def predict(self, rows: Rows) -> Prediction:
        """Score `rows`, shape (rows, features). Raises PredictionError."""
        try:
            probabilities = self.model.predict_proba(rows)
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
        predictor = Predictor(name, model, version, labels, card)
        predictor.predict(np.zeros((1, model.features)))
    except (ModelFileError, PredictionError) as error:
        hint = "" if own or path.exists() else "; run `python -m crystal.train`"
        return Unavailable(name, f"{error}{hint}")
    return predictor


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


def _out_of_range(rows: Rows, features: Sequence[Feature]) -> list[OutOfRange]:
    found = []
    for feature, values in zip(features, rows.T, strict=False):
        low, high = feature.plausible
        (odd,) = np.nonzero((values < low) | (values > high))
        if odd.size:
            first = int(odd[0])
            found.append(OutOfRange(feature, int(odd.size), first, float(values[first])))
    return found
