"""Logistic regression on vectors of unit length, as arrays: what is fitted can be stored, and asked later."""

import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from debugger.evidence import UNKNOWN

Floats = NDArray[np.float32]
Labels = NDArray[np.int32]

REGULARISATION: Final = 4.0
"""scikit-learn's C. Chosen on Banking77 and CLINC150 with labels changed at random; half or twice of it is as good."""
ITERATIONS: Final = 200
TOLERANCE: Final = 3e-3
"""Of a class's share of the gradient; a fixed tolerance ends too early where there are many classes."""
UNSEEN: Final = 0.5
"""So many rows count for a class of which a model saw none."""


@dataclass(frozen=True)
class LinearModel:
    """Tells how likely each of k classes is; of those that it saw no row of, only how frequent they may be."""

    shares: Floats
    """(k,) the logarithms of how frequent the classes are."""

    seen: NDArray[np.int64]
    """(s,) the classes that it tells apart: none where it saw rows of fewer than two."""

    coefficients: Floats
    """(s, d)"""

    intercepts: Floats
    """(s,)"""

    def logits(self, vectors: Floats) -> Floats:
        """Return (n, k) logarithms of uncalibrated probabilities, always finite, for (n, d) vectors."""
        logits = np.tile(self.shares, (len(vectors), 1))
        if len(self.seen) and len(vectors):
            margins = vectors @ self.coefficients.T + self.intercepts
            known = np.float32(np.log(np.exp(self.shares[self.seen], dtype=np.float64).sum()))
            logits[:, self.seen] = log_softmax(margins, axis=1).astype(np.float32) + known
        return logits

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that it knows."""
        return asdict(self)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "LinearModel":
        """Return the one that `to_arrays` was called on; raises KeyError where an array is missing."""
        return cls(arrays["shares"], arrays["seen"], arrays["coefficients"], arrays["intercepts"])


ARRAYS: Final = ("shares", "seen", "coefficients", "intercepts")


def fit(vectors: Floats, labels: Labels, classes: int) -> LinearModel:
    """Return a model of those of (n,) rows that have a label, by their (n, d) `vectors` of unit length."""
    labeled = np.flatnonzero(labels != UNKNOWN)
    known = labels[labeled]
    counts = np.bincount(known, minlength=classes) + UNSEEN
    shares = np.log(counts / counts.sum()).astype(np.float32)
    seen = np.unique(known).astype(np.int64)
    if len(seen) < 2:
        return LinearModel(shares, seen[:0], np.zeros((0, vectors.shape[1]), np.float32), np.zeros(0, np.float32))
    model = LogisticRegression(C=REGULARISATION, max_iter=ITERATIONS, tol=TOLERANCE / len(seen))
    with warnings.catch_warnings(), threadpool_limits(1):  # several mostly wait for each other where cores are busy
        warnings.simplefilter("ignore", ConvergenceWarning)  # nearly converged does as well
        model.fit(vectors[labeled], known)
    coefficients, intercepts = model.coef_, model.intercept_
    if len(seen) == 2:  # of two classes it tells the second's margin alone
        coefficients = np.concatenate([np.zeros_like(coefficients), coefficients])
        intercepts = np.concatenate([np.zeros_like(intercepts), intercepts])
    return LinearModel(shares, seen, coefficients.astype(np.float32), intercepts.astype(np.float32))
