"""How likely each label is wrong."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from debugger.evidence import UNKNOWN
from debugger.evidence.cross_validation import cross_validate
from debugger.evidence.neighbours import Neighbours, nearest
from debugger.evidence.noise import judge, label_error_scores

CLASSES, ROWS = 6, 1500


def world(seed: int, spread: float = 0.45) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Return vectors in pairs of classes that are alike, and the classes."""
    rng = np.random.default_rng(seed)
    centres = np.repeat(rng.normal(size=(CLASSES // 2, 12)), 2, axis=0) + rng.normal(size=(CLASSES, 12)) * 0.5
    truth = rng.integers(0, CLASSES, ROWS).astype(np.int32)
    vectors = centres[truth] + rng.normal(size=(ROWS, 12)) * spread
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32), truth


def judged(vectors: NDArray[np.float32], labels: NDArray[np.int32]) -> NDArray[np.float32]:
    return label_error_scores(cross_validate(vectors, labels, CLASSES), labels, nearest(vectors))


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("alike", [False, True])
def test_wrong_labels_come_first_and_are_counted(seed: int, alike: bool) -> None:
    vectors, truth = world(seed)
    rng = np.random.default_rng(seed)
    labels, rows = truth.copy(), rng.choice(ROWS, ROWS // 10, replace=False)
    labels[rows] = truth[rows] ^ 1 if alike else (truth[rows] + rng.integers(1, CLASSES, len(rows))) % CLASSES
    probabilities = cross_validate(vectors, labels, CLASSES)
    found = judge(probabilities, labels, nearest(vectors))
    wrong = labels != truth
    given = probabilities[np.arange(ROWS), labels]
    precision = average_precision_score(wrong, found.scores)
    assert precision > average_precision_score(wrong, -given) - 0.01
    assert precision > 0.8
    assert found.scores.sum() == pytest.approx(wrong.sum(), rel=0.3)


def test_beliefs_say_what_the_class_is() -> None:
    vectors, truth = world(3, spread=0.3)
    labels = truth.copy()
    labels[::15] ^= 1
    found = judge(cross_validate(vectors, labels, CLASSES), labels, nearest(vectors))
    assert (found.beliefs.argmax(axis=1) == truth).mean() > (labels == truth).mean() + 0.03


def test_a_wrong_label_shows_though_models_are_less_sure_of_it_than_of_others() -> None:
    labels = np.array([0] * 60 + [1] * 60, np.int32)
    sure = np.where(labels == 0, 0.95, 0.05).astype(np.float32)
    sure[:3] = 0.1  # not as sure of the other class as of that class's own rows, so nothing counts as wrong at first
    probabilities = np.stack([sure, 1 - sure], axis=1)
    alike = np.array(
        [
            [
                60 + (number + step) % 60 if number < 3 else number // 60 * 60 + 3 + (number + step) % 57
                for step in range(10)
            ]
            for number in range(120)
        ]
    )
    scores = label_error_scores(probabilities, labels, Neighbours(alike, np.full(alike.shape, 0.8, np.float32)))
    assert scores[:3].min() > 0.2
    assert scores[3:].max() < 0.02


def test_right_labels_are_hardly_doubted() -> None:
    vectors, truth = world(4, spread=0.2)
    assert judged(vectors, truth).sum() < ROWS * 0.01


def test_neighbours_decide_where_the_model_does_not_know() -> None:
    labels = np.array([0, 0, 0, 1, 0, 1, 1, 1], np.int32)
    embedding = np.repeat(np.eye(2, dtype=np.float32), 4, axis=0)
    scores = label_error_scores(np.full((8, 2), 0.5, np.float32), labels, nearest(embedding))
    assert set(np.argsort(-scores)[:2].tolist()) == {3, 4}


def test_rows_without_a_label_have_no_score_and_keep_their_probabilities() -> None:
    vectors, truth = world(5)
    labels = np.where(np.arange(ROWS) % 3, truth, UNKNOWN).astype(np.int32)
    probabilities = cross_validate(vectors, labels, CLASSES)
    found = judge(probabilities, labels, nearest(vectors))
    assert not found.scores[labels == UNKNOWN].any()
    assert (found.beliefs[labels == UNKNOWN] == probabilities[labels == UNKNOWN]).all()


@pytest.mark.parametrize("labels", [[], [0], [UNKNOWN], [0, 0], [0, UNKNOWN, 0]])
def test_one_class_has_nothing_to_be_mistaken_for(labels: list[int]) -> None:
    size = len(labels)
    found = label_error_scores(
        np.ones((size, 1), np.float32), np.array(labels, np.int32), nearest(np.ones((size, 2), np.float32))
    )
    assert found.tolist() == [0] * size


def test_without_any_neighbours_probabilities_alone_count() -> None:
    nobody = Neighbours(np.full((4, 5), -1, np.int32), np.zeros((4, 5), np.float32))
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.1, 0.9], [0.8, 0.2]], np.float32)
    scores = label_error_scores(probabilities, np.array([0, 0, 1, 1], np.int32), nobody)
    assert scores.argmax() == 3


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 40), st.integers(2, 6))
def test_any_evidence_has_scores_between_0_and_1(seed: int, rows: int, classes: int) -> None:
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(rows, classes)) * 10 ** rng.uniform(-1, 3)
    probabilities = np.exp(logits - logits.max(axis=1, keepdims=True, initial=-np.inf))
    probabilities = np.asarray(probabilities / probabilities.sum(axis=1, keepdims=True), np.float32)
    labels = rng.integers(UNKNOWN, classes, rows).astype(np.int32)
    neighbours = nearest(rng.normal(size=(rows, 3)).astype(np.float32) * (rng.random((rows, 1)) < 0.8), 5)
    found = judge(probabilities, labels, neighbours)
    assert np.isfinite(found.scores).all()
    assert ((found.scores >= 0) & (found.scores <= 1)).all()
    assert np.allclose(found.beliefs.sum(axis=1), 1, atol=1e-4)
    assert (judge(probabilities, labels, neighbours).scores == found.scores).all()
