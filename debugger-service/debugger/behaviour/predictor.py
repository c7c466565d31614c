"""What is asked for answers: any model that says how probable each class is."""

from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

BATCH: Final = 256
"""Texts asked about at once."""


class Predictor(Protocol):
    """A classifier; may be asked about any text, an empty one too."""

    @property
    def classes(self) -> Sequence[str]:
        """The k classes."""

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.floating]:
        """Return (n, k) of each class for each text."""


class WrongAnswerError(ValueError):
    """A predictor did not return a finite probability of each class for each text."""


def probabilities(predictor: Predictor, texts: Sequence[str], batch: int = BATCH) -> NDArray[np.float64]:
    """Return (n, k) probabilities of `texts`, asked about in batches, each different text once.

    Raises WrongAnswerError where the predictor returns anything else.
    """
    distinct = list(dict.fromkeys(texts))
    if not distinct:
        return np.zeros((0, len(predictor.classes)))
    batches = (distinct[start : start + batch] for start in range(0, len(distinct), batch))
    answers = np.concatenate([_answers(predictor, each) for each in batches])
    numbers = {text: number for number, text in enumerate(distinct)}
    return answers[[numbers[text] for text in texts]]


def _answers(predictor: Predictor, texts: Sequence[str]) -> NDArray[np.float64]:
    answers = np.asarray(predictor.probabilities(texts), np.float64)
    expected = (len(texts), len(predictor.classes))
    if answers.shape != expected:
        raise WrongAnswerError(f"the model answered {answers.shape} probabilities instead of {expected}")
    if not np.isfinite(answers).all():
        raise WrongAnswerError("the model answered a probability that is no finite number")
    return answers
