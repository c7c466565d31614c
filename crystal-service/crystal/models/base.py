"""What a model must be to be served: a file it loads from, and probabilities for rows of features."""

from pathlib import Path
from typing import ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]
"""Features, shape (rows, features)."""
Probabilities = NDArray[np.float64]
"""Probabilities, shape (rows, classes); each row sums to 1."""


class ModelFileError(Exception):
    """The file is missing or does not hold a model of its kind; the text is one clear line."""


class Model(Protocol):
    """A classifier of crystals. It knows nothing of labels: classes are 0, 1, 2, …"""

    kind: ClassVar[str]
    """What stands behind it, in words."""
    filename: ClassVar[str]
    """The name of its file in the model folder."""

    classes: int
    features: int

    @classmethod
    def load(cls, path: Path, *, allow_pickle: bool) -> Self:
        """Load the model from `path`. Raises ModelFileError when the file does not fit."""
        ...

    def predict_proba(self, rows: Rows) -> Probabilities:
        """Return the probability of each class for each row, to the last bit the same whatever batch it is in."""
        ...
