"""Class numbers of rows, checked, and counted by what they have in common."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debugger.evidence import UNKNOWN

Classes = NDArray[np.integer]
"""(n,) class numbers; UNKNOWN where a model gave no answer, which is never right."""


@dataclass(frozen=True)
class Cells:
    """The c combinations of class numbers that rows have, and how many rows have each."""

    members: NDArray[np.int64]
    """(columns, c)"""

    counts: NDArray[np.int64]
    """(c,) each at least 1."""


def checked(labels: Classes, predicted: Classes, classes: int) -> None:
    """Raise ValueError unless there are as many labels as answers, at least one, all of them among `classes`."""
    if labels.shape != predicted.shape or labels.ndim != 1 or not len(labels):
        raise ValueError(f"{labels.shape} labels and {predicted.shape} answers: give as many of each, at least one")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}: leave out the rows without a label")
    if predicted.min() < UNKNOWN or predicted.max() >= classes:
        raise ValueError(f"answers must be from 0 to {classes - 1}, or {UNKNOWN} where there is none")


def cells_of(*columns: Classes) -> Cells:
    """Return what the rows of equally long `columns` have in common."""
    members, counts = np.unique(np.stack(columns).astype(np.int64), axis=1, return_counts=True)
    return Cells(members, counts)
