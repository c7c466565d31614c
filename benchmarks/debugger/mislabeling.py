"""Labels made wrong on purpose, so that it is known which ones are."""

from dataclasses import dataclass
from itertools import product
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Manner = Literal["uniform", "similar"]


@dataclass(frozen=True)
class Noise:
    """Which share of the labels is wrong, and how: any other class, or the one that is most alike."""

    manner: Manner
    rate: float

    def __str__(self) -> str:
        """Return it for people."""
        return f"{self.manner} {self.rate:.0%}"


NOISES: Final = tuple(Noise(manner, rate) for manner, rate in product(("uniform", "similar"), (0.05, 0.1)))  # type: ignore[arg-type]


def mislabel(
    labels: NDArray[np.int32], partners: NDArray[np.int64], noise: Noise, seed: int
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Return labels of which some are wrong, and which; `partners` has the most similar class of each class."""
    rng = np.random.default_rng(seed)
    classes, count = len(partners), round(noise.rate * len(labels))
    rows = rng.choice(len(labels), count, replace=False)
    given = labels.copy()
    if noise.manner == "uniform":
        given[rows] = (labels[rows] + rng.integers(1, classes, count)) % classes
    else:
        given[rows] = partners[labels[rows]]
    return given, given != labels


def most_similar(probabilities: NDArray[np.float32], labels: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return for each class the one that models, which did not see the rows, find likeliest beside it."""
    classes = probabilities.shape[1]
    confused = np.zeros((classes, classes))
    np.add.at(confused, labels, probabilities)
    np.fill_diagonal(confused, -1)
    partners: NDArray[np.int64] = confused.argmax(axis=1)
    return partners
