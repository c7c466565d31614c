"""What is known of the rows of a data version, as arrays: labels, probabilities, an embedding, neighbours."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from debugger.evidence.neighbours import Neighbours

Split = Literal["training", "validation", "testing"]
SPLITS: Final[tuple[Split, ...]] = ("training", "validation", "testing")
UNKNOWN: Final = -1
"""The class of a row without a label, and the split of a row that is in none."""


@dataclass(frozen=True)
class Evidence:
    """The n rows that are not dropped, in the order of their numbers, and what k classes they may have."""

    numbers: NDArray[np.int64]
    """(n,) of each row its number in the project."""

    texts: tuple[str, ...]
    """(n,)"""

    classes: tuple[str, ...]
    """(k,) the labels that rows have, sorted."""

    labels: NDArray[np.int32]
    """(n,) each row's class as it is labeled, or `UNKNOWN`."""

    splits: NDArray[np.int8]
    """(n,) each row's index in `SPLITS`, or `UNKNOWN`."""

    out_of_scope: NDArray[np.bool_]
    """(n,) which rows somebody marked as out of scope; these have no label."""

    scores: NDArray[np.float32]
    """(n,) the score that came with the row, such as its model's entropy; NaN where none did."""

    probabilities: NDArray[np.float32]
    """(n, k) of each class, by models that were not trained on the row; each row sums to 1."""

    embedding: NDArray[np.float32]
    """(n, d) of unit length; zeros for a text without any known word."""

    neighbours: Neighbours
    """The rows nearest to each in the embedding."""

    served: NDArray[np.float32] | None = None
    """(n, k) probabilities by the served model, rows of NaN where it has not said any; it may have seen the rows."""

    @property
    def size(self) -> int:
        """How many rows there are."""
        return len(self.numbers)

    @cached_property
    def labeled(self) -> NDArray[np.int64]:
        """The positions of the rows that have a label."""
        return np.flatnonzero(self.labels != UNKNOWN)

    @cached_property
    def predicted(self) -> NDArray[np.int32]:
        """(n,) the most probable class."""
        predicted: NDArray[np.int32] = self.probabilities.argmax(axis=1).astype(np.int32)
        return predicted
