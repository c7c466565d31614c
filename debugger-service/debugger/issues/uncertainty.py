"""How unsure probabilities are, from 0, all on one class, to 1."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def entropies(probabilities: NDArray[Any]) -> Floats:
    """Return (n,) the entropy of each row of (n, k) as part of the greatest possible, ln k; 0 for one class."""
    if probabilities.shape[1] < 2:
        return np.zeros(len(probabilities))
    logs = np.log(np.maximum(probabilities, np.finfo(np.float32).tiny))
    entropy = -np.einsum("nk,nk->n", probabilities, logs) / np.log(probabilities.shape[1])
    return np.asarray(np.clip(entropy, 0, 1), np.float64)


def narrowness(probabilities: NDArray[Any]) -> Floats:
    """Return (n,) 1 less the margin of the likeliest class of (n, k) before the second; 0 for one class."""
    if probabilities.shape[1] < 2:
        return np.zeros(len(probabilities))
    top = np.partition(probabilities, -2, axis=1)[:, -2:].astype(np.float64)
    return np.clip(1 - (top[:, 1] - top[:, 0]), 0, 1)
