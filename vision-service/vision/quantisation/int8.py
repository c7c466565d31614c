"""An int8 version of a model: made, compared with fp32 on photos held out, and accepted or not."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console

from vision.classifier import softmax
from vision.models.card import ONNX_NAME, ModelCard, ModelUnavailableError, Quantisation, UnknownModelError, file_sha256
from vision.models.repository import Repository
from vision.quantisation.calibration import CalibrationError, Photos, collect_photos
from vision.quantisation.graph import Array
from vision.quantisation.recipe import logits_of, quantise

LEAST_KEPT = 0.95
"""Part of the photos held out that must keep fp32's likeliest class, or get one that fp32 holds nearly as likely."""
NEARLY = 0.1
"""Difference of two classes' confidences in fp32: which of them is first is chance, in odd photos most of all."""
LARGEST_DIFFERENCE = 0.045
"""Mean change of the confidence in fp32's likeliest class. It tells damage sooner than the few classes that change:
of MobileNetV2 0.025 with this recipe, 0.047 with ONNX Runtime's own, which loses more than two points of accuracy."""


class Int8RefusedError(Exception):
    """In int8 the model would answer otherwise; the text says how much."""


ERRORS = (CalibrationError, Int8RefusedError, UnknownModelError, ModelUnavailableError, OSError)
"""What it may end with; each says why."""


def add_int8(repository: Repository, card: ModelCard, calibration: Path | None, console: Console) -> ModelCard:
    """Put the model of the fp32 `card` into the repository in int8, and into service.

    Raises CalibrationError, Int8RefusedError, UnknownModelError, ModelUnavailableError.
    """
    _, source = repository.load(card.name, card.version)
    photos = collect_photos(calibration, card)
    with TemporaryDirectory(dir=repository.folder, prefix=".quantising-") as workspace:
        target = Path(workspace) / ONNX_NAME
        recipe = quantise(source, target, photos.calibrating, console)
        fp32, int8 = (softmax(logits_of(path.read_bytes(), photos.held_out)) for path in (source, target))
        console.print(f"On {len(fp32)} photos held out: {_check(fp32, int8)}")
        found = _describe(fp32, int8, recipe, photos)
        made = {"sha256": file_sha256(target), "prepared_at": datetime.now(UTC)}
        return repository.add(card.model_copy(update={"precision": "int8", "quantisation": found, **made}), target)


def _check(fp32: Array, int8: Array) -> str:
    """Return how far the probabilities are apart, in words; raises Int8RefusedError if that is too far."""
    kept, difference = float(np.mean(_losses(fp32, int8) <= NEARLY)), _confidence_difference(fp32, int8)
    said = (
        f"{kept:.1%} keep their class or get one nearly as likely (at least {LEAST_KEPT:.0%} must), its confidence "
        f"changes by {difference:.3f} (at most {LARGEST_DIFFERENCE})"
    )
    if not (kept >= LEAST_KEPT and difference <= LARGEST_DIFFERENCE):
        raise Int8RefusedError(f"on {len(fp32)} photos held out {said}; fp32 stays in service")
    return said


def _describe(fp32: Array, int8: Array, recipe: str, photos: Photos) -> Quantisation:
    return Quantisation(
        recipe=recipe,
        source=photos.source,
        calibration_photos=len(photos.calibrating),
        held_out_photos=len(photos.held_out),
        agreement=float(np.mean(fp32.argmax(axis=1) == int8.argmax(axis=1))),
        confidence_difference=_confidence_difference(fp32, int8),
    )


def _losses(fp32: Array, int8: Array) -> Array:
    """Return how much less likely than its best class fp32 holds the best class in int8."""
    found = np.take_along_axis(fp32, int8.argmax(axis=1, keepdims=True), axis=1)[:, 0]
    losses: Array = fp32.max(axis=1) - found
    return losses


def _confidence_difference(fp32: Array, int8: Array) -> float:
    best = fp32.argmax(axis=1, keepdims=True)
    return float(np.mean(np.abs(np.take_along_axis(fp32 - int8, best, axis=1))))
