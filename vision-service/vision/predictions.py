"""From a model's output to its likeliest categories."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from vision.classifier import Array, softmax

DIGITS: Final = 6


@dataclass(frozen=True)
class Category:
    """One of the model's categories and the probability that the photo belongs to it."""

    label: str
    class_id: int
    confidence: float


def rank(logits: Array, labels: tuple[str, ...], top: int, min_confidence: float) -> list[Category]:
    """Return the `top` likeliest of `labels` in descending order, without those below `min_confidence`."""
    probabilities = softmax(logits)
    best = np.argsort(-probabilities, kind="stable")[:top]
    found = (Category(labels[i], int(i), round(float(probabilities[i]), DIGITS)) for i in best)
    return [category for category in found if category.confidence >= min_confidence]


def normalised(features: Array) -> Array:
    """Return the vector scaled to length 1; one of zeros stays as it is."""
    length = float(np.linalg.norm(features))
    return features / np.float32(length) if length else features
