"""scikit-learn classifiers, from a skops file or, where an operator allows it, a joblib pickle."""

import warnings
from pathlib import Path
from typing import Any, ClassVar, Self

import joblib
import numpy as np
import skops.io
from sklearn.base import BaseEstimator, is_classifier
from sklearn.exceptions import InconsistentVersionWarning
from skops.io.exceptions import UntrustedTypesFoundException

from crystal.models.base import ModelFileError, Probabilities, Rows
from crystal.models.blocks import Blocks

_TRUSTED = [
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.tree._tree.Tree",
]
"""Parts of estimators that hold numbers only, beyond skops' own list. With a whole module trusted, a file could run
code: NumPy and SciPy have functions that evaluate text."""


class SklearnModel:
    """Any fitted scikit-learn classifier that has `predict_proba`."""

    kind: ClassVar[str] = "scikit-learn"
    filename: ClassVar[str] = "sklearn.skops"

    def __init__(self, estimator: Any) -> None:  # noqa: ANN401 scikit-learn has no types
        self.kind = f"scikit-learn {type(estimator).__name__}"  # type: ignore[misc]
        self.classes = len(estimator.classes_)
        self.features = int(estimator.n_features_in_)
        try:
            self._blocks = Blocks(lambda rows: np.asarray(estimator.predict_proba(rows), np.float64), self.features)
        except Exception as error:
            raise ModelFileError(f"the {type(estimator).__name__} fails on trial data: {error}") from error

    @classmethod
    def load(cls, path: Path, *, allow_pickle: bool) -> Self:
        """Load a `.skops` file, or with `allow_pickle` a joblib file, also one of an older scikit-learn."""
        estimator = _load_skops(path) if path.suffix == ".skops" else _load_pickle(path, allow_pickle=allow_pickle)
        classifier = isinstance(estimator, BaseEstimator) and is_classifier(estimator)
        if not classifier or not hasattr(estimator, "predict_proba"):
            raise ModelFileError(f"{path} holds a {type(estimator).__name__}, not a classifier with predict_proba")
        if not hasattr(estimator, "classes_"):
            raise ModelFileError(f"{path} holds a {type(estimator).__name__} that is not fitted")
        if list(estimator.classes_) != list(range(len(estimator.classes_))):
            raise ModelFileError(f"{path} predicts {list(estimator.classes_)}, not the classes 0, 1, 2, …")
        return cls(estimator)

    def predict_proba(self, rows: Rows) -> Probabilities:
        """Return the probability of each class for each row."""
        return self._blocks.predict_proba(rows)


def _load_skops(path: Path) -> object:
    try:
        return skops.io.load(path, trusted=_TRUSTED)
    except UntrustedTypesFoundException as error:
        raise ModelFileError(f"{path} holds more than estimators: {' '.join(str(error).split())}") from error
    except Exception as error:
        raise ModelFileError(f"{path} is not a skops file that loads here: {error}") from error


def _load_pickle(path: Path, *, allow_pickle: bool) -> object:
    if not allow_pickle:
        raise ModelFileError(f"{path} is not a .skops file; a pickle loads only with CRYSTAL_ALLOW_PICKLE=true")
    try:
        with warnings.catch_warnings():
            # The model is tried out after loading, which tells more than its version does.
            warnings.simplefilter("ignore", InconsistentVersionWarning)
            return joblib.load(path)
    except Exception as error:
        raise ModelFileError(f"{path} is not a joblib file that loads here: {error}") from error
