"""From an image file to its likeliest categories."""

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from opentelemetry.metrics import Histogram, Meter

from shared.images.decoding import decode
from vision.classifier import Array, Classifier
from vision.preprocessing import preprocess

DIGITS = 6
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


@dataclass(frozen=True)
class Durations:
    """How long the two halves of a prediction take, in seconds."""

    decoding: Histogram
    inference: Histogram


def create_durations(meter: Meter) -> Durations:
    """Create the histograms among the instruments of `meter`."""
    decoding, inference = (
        meter.create_histogram(
            f"vision.{part}.duration", unit="s", description=text, explicit_bucket_boundaries_advisory=_BUCKETS
        )
        for part, text in {
            "decode": "From an image's bytes to the model's input",
            "inference": "From the model's input to the probabilities",
        }.items()
    )
    return Durations(decoding, inference)


@dataclass(frozen=True)
class Category:
    """One of the model's categories and the probability that the photo belongs to it."""

    label: str
    class_id: int
    confidence: float


@dataclass(frozen=True)
class Predictor:
    """Decodes, prepares and classifies; blocks its thread, and may be called from several at once."""

    classifier: Classifier
    max_pixels: int
    durations: Durations

    def predict(self, data: bytes, top: int, min_confidence: float) -> list[Category]:
        """Return the at most `top` likeliest categories of the image file `data`.

        Raises NotAnImageError, BrokenImageError or TooManyPixelsError.
        """
        card = self.classifier.card
        started = perf_counter()
        image = decode(data, self.max_pixels)
        prepared = preprocess(image, card.resize_size, card.crop_size, card.mean, card.std)
        decoded = perf_counter()
        (probabilities,) = self.classifier.predict(prepared[np.newaxis])
        self.durations.decoding.record(decoded - started)
        self.durations.inference.record(perf_counter() - decoded)
        return rank(probabilities, card.labels, top, min_confidence)


def rank(probabilities: Array, labels: tuple[str, ...], top: int, min_confidence: float) -> list[Category]:
    """Return the `top` likeliest of `labels` in descending order, without those below `min_confidence`."""
    best = np.argsort(-probabilities, kind="stable")[:top]
    found = (Category(labels[i], int(i), round(float(probabilities[i]), DIGITS)) for i in best)
    return [category for category in found if category.confidence >= min_confidence]
