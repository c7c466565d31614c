"""How well scores put wrong labels first: the debugger's, and those of plain cleanlab on the same probabilities."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from cleanlab.rank import get_label_quality_scores
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from benchmarks.debugger.predicting import Predicted
from debugger.evidence.noise import label_error_scores

Scores = NDArray[np.float64]
Method = Callable[[Predicted, NDArray[np.int32]], Scores]

FIRST: Final = 50


@dataclass(frozen=True)
class Quality:
    """Average precision, and the precision of the first `FIRST` and of as many as there are wrong labels."""

    average_precision: float
    at_first: float
    at_errors: float

    @classmethod
    def of(cls, scores: Scores, wrong: NDArray[np.bool_]) -> "Quality":
        """Judge `scores`, the greater, the likelier wrong."""
        ordered = wrong[np.argsort(-scores, kind="stable")]
        at_errors = ordered[: wrong.sum()].mean()
        return cls(float(average_precision_score(wrong, scores)), float(ordered[:FIRST].mean()), float(at_errors))


def _debugger(predicted: Predicted, labels: NDArray[np.int32]) -> Scores:
    return label_error_scores(predicted.probabilities, labels, predicted.neighbours).astype(np.float64)


def _cleanlab(name: str, predicted: Predicted, labels: NDArray[np.int32]) -> Scores:
    quality: Scores = get_label_quality_scores(labels, predicted.probabilities.astype(np.float64), method=name)
    return -quality


OURS: Final = "debugger"
METHODS: Final[dict[str, Method]] = {
    OURS: _debugger,
    **{
        f"cleanlab {name}": partial(_cleanlab, name)
        for name in ("self_confidence", "normalized_margin", "confidence_weighted_entropy")
    },
}
