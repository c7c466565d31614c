"""The models that can be asked."""

from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debugger.arrays import Arrays
from debugger.behaviour.predictor import probabilities
from debugger.clients.prediction import Prediction
from debugger.predictors import Answered, own_model
from debugger.tables import Analysis
from shared.database import Database
from shared.refusals import ConflictError

SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=4)


def test_the_rest_is_shared_by_the_classes_that_are_not_named() -> None:
    answers = {"one": Prediction(("a",), (0.6,)), "two": Prediction(("b", "c"), (0.5, 0.3))}
    found = Answered(answers)
    assert found.classes == ["a", "b", "c"]
    assert found.probabilities(["one", "two"]).tolist() == pytest.approx(np.array([[0.6, 0.2, 0.2], [0.2, 0.5, 0.3]]))


def test_nothing_is_known_of_a_text_without_an_answer() -> None:
    found = Answered({"one": Prediction(("a", "b"), (0.6, 0.4))}).probabilities(["one", ""])
    assert found.tolist() == [[0.6, 0.4], [0.5, 0.5]]


def test_an_unnamed_class_never_wins() -> None:
    unsure = Answered({"one": Prediction(("z",), (0.1,)), "two": Prediction(("a", "b"), (0.5, 0.5))})
    assert unsure.classes[int(unsure.probabilities(["one"]).argmax())] == "z"


@given(st.dictionaries(st.text(max_size=3), SHARES, min_size=1, max_size=4))
def test_whatever_is_answered_is_one_probability_a_class(answers: dict[str, list[float]]) -> None:
    model = Answered(
        {
            text: Prediction(tuple(f"{text}{place}" for place in range(len(shares))), tuple(sorted(shares)[::-1]))
            for text, shares in answers.items()
        }
    )
    found = probabilities(model, list(answers))
    assert ((found >= 0) & (found <= 1)).all()
    for row, shares in zip(found, answers.values()):
        assert row.max() == max(shares)


async def test_without_an_analysis_labels_or_arrays_there_is_no_own_model(database: Database) -> None:
    unlabeled = Analysis(project_id=UUID(int=1), version=1, classes=[], counts={})
    gone = Analysis(project_id=UUID(int=1), version=1, classes=["a"], counts={})
    async with database.session() as session:
        for analysis, todo in ((None, "POST …/analyses"), (unlabeled, "label some rows"), (gone, "again")):
            with pytest.raises(ConflictError, match=todo):
                await own_model(Arrays(), session, analysis)
