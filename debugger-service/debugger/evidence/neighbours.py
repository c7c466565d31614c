"""The nearest neighbours of every row, found once for all who ask."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Neighbours:
    """Of each of n rows its m nearest others by the cosine of their embeddings, the nearest first."""

    positions: NDArray[np.int32]
    """(n, m) positions in the evidence; -1 where there are fewer others."""

    similarities: NDArray[np.float32]
    """(n, m) cosines, not growing along a row; 0 where there is no neighbour."""
