"""Slices that the model is weak on."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from debugger.evidence import UNKNOWN, Evidence
from debugger.issues.weak_slices import find

Build = Callable[..., Evidence]


def failing(evidence: Evidence, rows: NDArray[np.int64]) -> Evidence:
    """The same evidence, where the model says another class of those rows."""
    probabilities = evidence.probabilities.copy()
    probabilities[rows] = np.roll(probabilities[rows], 1, axis=1)
    return replace(evidence, probabilities=probabilities)


def with_word(build: Build, clean: Evidence) -> Evidence:
    texts = [f"refund {text[7:]}" if row % 8 == 0 else text for row, text in enumerate(clean.texts)]
    return build(texts, [clean.classes[label] for label in clean.labels])


def test_a_word_that_the_model_fails_on_is_found_with_its_effect(build: Build, clean: Evidence) -> None:
    evidence = failing(with_word(build, clean), np.arange(0, 200, 8)[:20])
    issue = max(find(evidence), key=lambda issue: issue.score)
    assert issue.filter == 'text : "refund"'
    assert (issue.evidence["support"], issue.evidence["wrong"]) == (25, 20)
    assert issue.evidence["accuracy"] == pytest.approx(0.2)
    assert issue.evidence["effect"] == pytest.approx(0.8)
    low, high = issue.evidence["interval"]
    # Newcombe's from Wilson's intervals of 20 of 25 (0.609, 0.911) and of 0 of 175 (0, 0.0215).
    assert (low, high) == pytest.approx((0.8 - np.hypot(0.8 - 0.609, 0.0215), 0.911), abs=2e-3)
    assert issue.score == pytest.approx(low, abs=1e-5)
    assert issue.evidence["p_value"] < 1e-6
    assert issue.evidence["rows"] == list(range(1, 160, 8))


def test_a_slice_is_not_told_twice(build: Build, clean: Evidence) -> None:
    texts = [f"refund money {text[14:]}" if row % 8 == 0 else text for row, text in enumerate(clean.texts)]
    evidence = build(texts, [clean.classes[label] for label in clean.labels])
    told = [issue.filter for issue in find(failing(evidence, np.arange(0, 200, 8)))]
    assert len([each for each in told if each and each.startswith("text")]) == 1


def test_unlabeled_rows_are_not_opened(build: Build, clean: Evidence) -> None:
    evidence = failing(with_word(build, clean), np.arange(0, 200, 8))
    labels = evidence.labels.copy()
    labels[1] = UNKNOWN
    assert {issue.filter for issue in find(replace(evidence, labels=labels))} >= {'text : "refund" AND label : *'}


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_errors_anywhere_make_no_slice_or_hardly_one(clean: Evidence, seed: int) -> None:
    wrong = np.flatnonzero(np.random.default_rng(seed).random(clean.size) < 0.1)
    assert len(find(failing(clean, wrong))) <= 2


def test_a_model_without_errors_and_few_rows_have_none(build: Build, clean: Evidence) -> None:
    assert not find(clean)
    assert not find(build(["a b"] * 10, ["x", "y"] * 5, probabilities=[[0, 1]] * 10))
