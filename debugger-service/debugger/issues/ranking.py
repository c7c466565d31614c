"""Which issues of a kind are told: the best, and how many."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

MAX_ISSUES: Final = 10_000
"""Issues of a kind; nobody reads more."""

MAX_LISTED: Final = 20
"""Numbers of rows in the evidence of an issue."""


def best(scores: NDArray[Any], at_most: int = MAX_ISSUES) -> NDArray[np.int64]:
    """Return the positions of the greatest `scores`, the greatest first, the earlier first where they are equal."""
    return np.argsort(-scores, kind="stable")[:at_most]


def grouped(keys: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the positions of `keys` ordered by key, and where in that order each new key begins."""
    order = np.argsort(keys, kind="stable")
    new = np.flatnonzero(np.diff(keys[order])) + 1
    return order, np.concatenate([np.zeros(min(1, len(keys)), np.int64), new])


def listed(values: NDArray[Any], positions: NDArray[Any]) -> list[int]:
    """Return the values at the first `MAX_LISTED` of `positions`, such as the numbers of rows, as JSON has them."""
    found: list[int] = values[positions[:MAX_LISTED]].tolist()
    return found
