"""Texts, and what a sentence encoder made of them, where a model has one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intent.features import Floats


@dataclass(frozen=True)
class Sentences:
    """n texts, and with an encoder their vectors, (n, dimensions), each of length 1."""

    texts: Sequence[str]
    vectors: Floats | None = None

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, rows: NDArray[np.int64]) -> "Sentences":
        """Return those of the numbers `rows`, in this order."""
        texts = [self.texts[row] for row in rows.tolist()]
        return Sentences(texts, None if self.vectors is None else self.vectors[rows])
