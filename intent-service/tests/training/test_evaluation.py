"""The figures are those of scikit-learn, and the intervals contain them."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support

from intent.classifier import Scored
from intent.labels import Label
from intent.training.evaluation import evaluate, judge_scope

LABELS: Sequence[Label] = ["a", "b", 3, "d"]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60))
def test_precision_recall_and_f1_are_those_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    truth, predicted = (np.array(each) for each in zip(*pairs))
    probabilities = np.full((len(pairs), 4), 0.1)
    probabilities[np.arange(len(pairs)), predicted] = 0.7
    texts = [f"text {number}" for number in range(len(pairs))]
    found = evaluate(texts, truth, Scored(probabilities, np.zeros(len(pairs))), probabilities, LABELS, 0)
    for average, precision, recall, f1 in (
        ("macro", found.macro_precision, found.macro_recall, found.macro_f1),
        ("weighted", found.weighted_precision, found.weighted_recall, found.weighted_f1),
    ):
        expected = precision_recall_fscore_support(truth, predicted, average=average, zero_division=0)
        assert [precision.value, recall.value, f1.value] == pytest.approx(list(expected[:3]))
    assert found.accuracy.value == (truth == predicted).mean()
    assert found.accuracy.low <= found.accuracy.value <= found.accuracy.high
    assert len(found.mistakes) == (truth != predicted).sum()
    assert found.coverage[-1].share == 1
    assert found.coverage[-1].accuracy == pytest.approx(found.accuracy.value)


def test_the_surest_mistake_comes_first() -> None:
    probabilities = np.array([[0.6, 0.4, 0, 0], [0.9, 0.1, 0, 0], [0.8, 0.2, 0, 0]])
    scored = Scored(probabilities, np.zeros(3))
    found = evaluate(["x", "y", "z"], np.array([1, 1, 0]), scored, probabilities, LABELS, 0)
    assert [(each.text, each.label, each.predicted) for each in found.mistakes] == [("y", "b", "a"), ("x", "b", "a")]


def test_scope_is_judged_over_all_thresholds_and_at_one() -> None:
    found = judge_scope(np.array([0.1, 0.8, 0.9]), np.array([0.0, 0.5]), 0.6, 0)
    assert found.auroc.value == pytest.approx(5 / 6)
    assert found.kept == pytest.approx(2 / 3)
    assert (found.refused, found.rows) == (1, 2)
