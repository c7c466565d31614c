"""A small model, really fitted."""

from collections.abc import Sequence

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from debugger.behaviour.predictor import Predictor

ROWS = [
    ("cancel my order", "cancel"), ("please cancel it", "cancel"), ("cancel the order now", "cancel"),
    ("I want to cancel", "cancel"), ("refund my money", "refund"), ("I want a refund", "refund"),
    ("refund the payment", "refund"), ("my money back please", "refund"), ("where is my order", "track"),
    ("track my package", "track"), ("where is it now", "track"), ("track the order", "track"),
]  # fmt: skip


class Fitted:
    """A pipeline of scikit-learn that counts what it is asked."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self.asked: list[int] = []

    @property
    def classes(self) -> Sequence[str]:
        return tuple(map(str, self._pipeline.classes_))

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        self.asked.append(len(texts))
        return np.asarray(self._pipeline.predict_proba(texts))


@pytest.fixture
def predictor() -> Fitted:
    pipeline = make_pipeline(TfidfVectorizer(token_pattern=r"\w+"), LogisticRegression(C=30))
    fitted: Predictor = Fitted(pipeline.fit(*zip(*ROWS)))
    assert isinstance(fitted, Fitted)
    return fitted
