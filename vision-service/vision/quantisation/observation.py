"""What values the tensors of a network take while it looks at photos, and the range to keep of them in eight bits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from vision.quantisation.graph import Array, Graph

BATCH = 8
SAMPLES_PER_BATCH = 5_000
POWER = 2.4
"""Of the error that a range is chosen by: above 2, as values cut off harm the answers more than coarse steps do."""
SHARES = np.linspace(0.2, 1, 41)
"""Parts of the whole range that are tried."""
LEVELS = 255

Range: TypeAlias = tuple[float, float]


@dataclass
class Observed:
    """The values that one tensor took; the arrays have a number per channel."""

    lowest: float = 0.0
    highest: float = 0.0
    largest: Array | float = 0.0
    """Absolute value."""
    total: Array | float = 0.0
    """Sum of the images' means."""
    images: int = 0
    samples: list[Array] = field(default_factory=list)

    @property
    def mean(self) -> Array:
        """Each channel's."""
        return np.asarray(self.total, np.float32) / np.float32(self.images)

    def add(self, values: Array, chance: np.random.Generator) -> None:
        """Take in a batch."""
        places = (0, *range(2, values.ndim))
        self.lowest = min(self.lowest, float(values.min()))
        self.highest = max(self.highest, float(values.max()))
        self.largest = np.maximum(self.largest, np.abs(values).max(places))
        self.total = self.total + values.mean(places) * len(values)
        self.images += len(values)
        self.samples.append(chance.choice(values.ravel(), min(values.size, SAMPLES_PER_BATCH)))


def observe(graph: Graph, photos: Array) -> dict[str, Observed]:
    """Return what every tensor was seen to be, the input among them."""
    session, names = graph.watch()
    chance, found = np.random.default_rng(0), dict[str, Observed]()
    for start in range(0, len(photos), BATCH):
        batch = photos[start : start + BATCH]
        tensors = {"images": batch, **dict(zip(names, session.run(names, {"images": batch}), strict=True))}
        for name, values in tensors.items():
            if values.dtype == np.float32 and values.ndim >= 2:
                has_channels = len(values) == len(batch)  # a transformer's tensors have other axes
                found.setdefault(name, Observed()).add(values if has_channels else values.reshape(1, 1, -1), chance)
    return found


def ranges_of(observed: Mapping[str, Observed]) -> dict[str, Range]:
    """Return the range of each tensor in which 256 steps err least."""
    return {name: best_range(tensor) for name, tensor in observed.items()}


def best_range(tensor: Observed) -> Range:
    """Return the part of the tensor's range in which 256 steps err least."""
    values = np.concatenate(tensor.samples)
    return min(
        ((tensor.lowest * share, tensor.highest * share) for share in SHARES),
        key=lambda kept: float((np.abs(_rounded(values, *kept) - values) ** POWER).mean()),
    )


def _rounded(values: Array, lowest: float, highest: float) -> Array:
    step = (highest - lowest) / LEVELS or 1.0
    zero = np.round(-lowest / step)
    rounded: Array = ((np.clip(np.round(values / step) + zero, 0, LEVELS) - zero) * step).astype(np.float32)
    return rounded
