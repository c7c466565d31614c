"""How far two models agree on the same images."""

from collections import deque
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Final

import numpy as np

from vision.batching import Computed
from vision.classifier import Array, softmax

RECENT: Final = 1_000
"""Images of which latencies are kept."""
EXAMPLES: Final = 20
_Z: Final = 1.96


@dataclass(frozen=True)
class Latency:
    """Of the model alone, without queues, in milliseconds."""

    p50: float
    p95: float


@dataclass(frozen=True)
class Disagreement:
    """An image whose likeliest class the two do not agree on, with each one's confidence."""

    served: str
    served_confidence: float
    candidate: str
    candidate_confidence: float


class Agreement:
    """Grows with each image that both have seen."""

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.images = 0
        self.same = 0
        self.disagreements: deque[Disagreement] = deque(maxlen=EXAMPLES)
        self._labels = labels
        self._correlation = 0.0
        self._difference = 0.0
        self._times: tuple[deque[float], deque[float]] = (deque(maxlen=RECENT), deque(maxlen=RECENT))

    def add(self, served: Computed, candidate: Computed) -> None:
        """Count an image."""
        ours, theirs = softmax(served.logits), softmax(candidate.logits)
        first, other = int(ours.argmax()), int(theirs.argmax())
        self.images += 1
        self.same += first == other
        self._correlation += rank_correlation(served.logits, candidate.logits)
        self._difference += abs(float(ours[first]) - float(theirs[first]))
        for times, computed in zip(self._times, (served, candidate), strict=True):
            times.append(computed.computing / computed.batch_size * 1000)
        if first != other:
            self.disagreements.append(
                Disagreement(self._labels[first], float(ours[first]), self._labels[other], float(theirs[other]))
            )

    @property
    def top1(self) -> float | None:
        """The part of the images with the same likeliest class; None before the first."""
        return self.same / self.images if self.images else None

    @property
    def top1_interval(self) -> tuple[float, float] | None:
        """The 95 % interval of `top1`, by Wilson's score (https://doi.org/10.1080/01621459.1927.10502953)."""
        if not self.images:
            return None
        part, n = self.same / self.images, self.images
        centre = (part + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        reach = _Z / (1 + _Z**2 / n) * (part * (1 - part) / n + _Z**2 / (4 * n**2)) ** 0.5
        return max(0.0, centre - reach), min(1.0, centre + reach)

    @property
    def rank_correlation(self) -> float | None:
        """The mean of Spearman's rank correlation of the logits."""
        return self._correlation / self.images if self.images else None

    @property
    def confidence_difference(self) -> float | None:
        """The mean absolute difference of the confidences in the class that is the likeliest for the one in service."""
        return self._difference / self.images if self.images else None

    @property
    def latencies(self) -> tuple[Latency | None, Latency | None]:
        """Of the one in service and of the candidate, over the last images, each of a batch counted as its part."""
        served, candidate = (_latency(times) for times in self._times)
        return served, candidate


def rank_correlation(one: Array, other: Array) -> float:
    """Return Spearman's rank correlation of two vectors without ties."""
    return float(np.corrcoef(_ranks(one), _ranks(other))[0, 1])


def _ranks(values: Array) -> Array:
    ranks = np.empty(len(values), np.float32)
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values), dtype=np.float32)
    return ranks


def _latency(times: deque[float]) -> Latency | None:
    if not times:
        return None
    if len(times) == 1:
        return Latency(times[0], times[0])
    return Latency(median(times), quantiles(times, n=20)[-1])
