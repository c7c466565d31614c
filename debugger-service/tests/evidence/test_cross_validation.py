"""Probabilities by models that did not see the row."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from debugger.evidence import UNKNOWN
from debugger.evidence.cross_validation import (
    FOLDS,
    assign_folds,
    average,
    calibrate,
    cross_validate,
    fit_fold,
    fold_numbers,
)

Floats = NDArray[np.float32]


def around(labels: NDArray[np.int32], seed: int = 0, spread: float = 0.3) -> Floats:
    """Return vectors of unit length around a centre for each class."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(max(labels.max(initial=0), 0) + 1, 16))
    vectors = centres[np.maximum(labels, 0)] + rng.normal(size=(len(labels), 16)) * spread
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def are_probabilities(found: Floats) -> bool:
    return bool(np.isfinite(found).all() and (found >= 0).all() and np.allclose(found.sum(axis=1), 1, atol=1e-5))


def test_classes_are_spread_over_the_folds() -> None:
    labels = np.repeat(np.arange(4, dtype=np.int32), [50, 20, 5, 2])
    folds = assign_folds(labels)
    for number in range(3):
        counts = np.bincount(folds[labels == number], minlength=FOLDS)
        assert counts.max() - counts.min() <= 1
    assert len(set(folds[labels == 3].tolist())) == 2


def test_rows_without_a_label_are_in_a_fold_of_their_own() -> None:
    labels = np.array([0, 1, UNKNOWN] * 10, np.int32)
    folds = assign_folds(labels)
    assert set(folds[labels == UNKNOWN].tolist()) == {FOLDS}
    assert fold_numbers(folds) == [0, 1, 2, 3, 4, 5]


def test_what_is_easy_to_tell_is_told() -> None:
    labels = np.arange(300, dtype=np.int32) % 3
    found = cross_validate(around(labels), labels, 3)
    assert (found.argmax(axis=1) == labels).mean() > 0.95
    assert found[np.arange(300), labels].mean() > 0.9


def test_a_row_is_judged_by_others_alone() -> None:
    labels = np.arange(100, dtype=np.int32) % 2
    features = around(labels)
    folds = assign_folds(labels)
    changed = labels.copy()
    row = np.flatnonzero(folds == 0)[0]
    changed[row] = 1 - changed[row]
    assert (fit_fold(features, labels, 2, folds, 0) == fit_fold(features, changed, 2, folds, 0)).all()


def test_folds_one_by_one_are_the_same_as_all_at_once() -> None:
    labels = np.where(np.arange(120) % 7, np.arange(120) % 3, UNKNOWN).astype(np.int32)
    features, folds = around(labels), assign_folds(labels)
    logits = np.zeros((120, 3), np.float32)
    for fold in reversed(fold_numbers(folds)):
        logits[folds == fold] = fit_fold(features, labels, 3, folds, fold)
    assert (calibrate(logits, labels) == cross_validate(features, labels, 3)).all()


def test_rows_without_a_label_are_predicted_too() -> None:
    truth = np.arange(200, dtype=np.int32) % 4
    labels = np.where(np.arange(200) % 3, truth, UNKNOWN).astype(np.int32)
    found = cross_validate(around(truth), labels, 4)
    assert (found.argmax(axis=1) == truth).mean() > 0.9


def test_probabilities_are_as_sure_as_they_are_right() -> None:
    rng = np.random.default_rng(1)
    features = around(np.zeros(4000, np.int32), spread=2)
    chances = np.exp(features @ rng.normal(size=(16, 4)) * 3)
    chances /= chances.sum(axis=1, keepdims=True)
    labels = (rng.random((4000, 1)) > chances.cumsum(axis=1)).sum(axis=1).clip(max=3).astype(np.int32)
    found = cross_validate(features, labels, 4)
    sure, right = found.max(axis=1), found.argmax(axis=1) == labels
    for part in np.array_split(np.argsort(sure), 4):
        assert sure[part].mean() == pytest.approx(right[part].mean(), abs=0.05)


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        ([], 3),
        ([0], 1),
        ([UNKNOWN], 1),
        ([UNKNOWN, UNKNOWN], 2),
        ([0, UNKNOWN], 1),
        ([0, 0, 0], 1),
        ([0, 1], 2),
        ([0, 1, UNKNOWN], 2),
        ([0, 0, 0, 0, 0, 1], 2),
        ([0, 1, 2, 3, 4, 5, 6], 7),
        ([0] * 20 + [1] * 20 + [2], 3),
        ([0, 0, 2, 2], 3),
    ],
)
def test_few_rows_and_few_classes_have_probabilities_too(labels: list[int], classes: int) -> None:
    given_labels = np.array(labels, np.int32)
    found = cross_validate(around(given_labels), given_labels, classes)
    assert found.shape == (len(labels), classes)
    assert are_probabilities(found)


def test_without_vectors_a_class_is_as_likely_as_it_is_frequent() -> None:
    labels = np.array([0] * 80 + [1] * 20, np.int32)
    found = cross_validate(np.zeros((100, 8), np.float32), labels, 2)
    assert found[:, 0].mean() == pytest.approx(0.8, abs=0.05)


def test_two_models_are_averaged() -> None:
    one, other = np.array([[0.9, 0.1]], np.float32), np.array([[0.5, 0.5]], np.float32)
    assert average(one, other)[0].tolist() == pytest.approx([0.7, 0.3])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(UNKNOWN, 4), max_size=60), st.integers(0, 100))
def test_any_labels_have_the_same_probabilities_again(labels: list[int], seed: int) -> None:
    given_labels = np.array(labels, np.int32)
    features = np.random.default_rng(seed).normal(size=(len(labels), 5)).astype(np.float32)
    found = cross_validate(features, given_labels, 5, seed)
    assert found.shape == (len(labels), 5)
    assert are_probabilities(found)
    assert (found == cross_validate(features, given_labels, 5, seed)).all()
