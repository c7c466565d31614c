"""What a model is asked, and what it may answer."""

from collections.abc import Sequence

import numpy as np
import pytest

from debugger.behaviour.predictor import Predictor, WrongAnswerError, probabilities


class Fixed:
    """Answers the same to everything."""

    classes = ("a", "b")

    def __init__(self, answer: list[list[float]]) -> None:
        self._answer = answer

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:  # noqa: ARG002
        return np.array(self._answer)


def test_equal_texts_are_asked_about_once_in_batches(predictor: Predictor) -> None:
    texts = ["refund", "cancel", "refund", "track", "cancel"]
    answers = probabilities(predictor, texts, batch=2)
    assert predictor.asked == [2, 1]  # type: ignore[attr-defined]
    assert (answers[0] == answers[2]).all()
    assert answers == pytest.approx(predictor.probabilities(texts))


def test_no_texts_have_no_answers(predictor: Predictor) -> None:
    assert probabilities(predictor, []).shape == (0, 3)


@pytest.mark.parametrize("answer", [[[0.5, 0.5], [0.5, 0.5]], [[0.5]], [], [[np.nan, 1.0]], [[np.inf, 0.0]]])
def test_a_wrong_answer_is_refused(answer: list[list[float]]) -> None:
    with pytest.raises(WrongAnswerError, match="the model answered"):
        probabilities(Fixed(answer), ["text"])
