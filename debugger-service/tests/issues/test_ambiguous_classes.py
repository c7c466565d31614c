"""Classes that cannot be told apart."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from debugger.evidence import Evidence
from debugger.issues.ambiguous_classes import find
from debugger.issues.base import Proposal

Build = Callable[..., Evidence]
LABELS = [label for label in ('"a"', "b", "c", "d") for _ in range(25)]


def predicting(build: Build, predicted: NDArray[np.int64]) -> Evidence:
    probabilities = np.full((100, 4), 0.1)
    probabilities[np.arange(100), predicted] = 0.7
    texts = [f"text number {at}" for at in range(100)]
    return build(texts, LABELS, probabilities=probabilities)


def test_two_classes_that_are_taken_for_each_other_are_to_be_merged(build: Build) -> None:
    predicted = np.repeat(np.arange(4), 25)
    predicted[:10], predicted[25:33] = 1, 0
    (issue,) = find(predicting(build, predicted))
    assert issue.proposal is not None
    assert (issue.proposal.action, set(issue.proposal.labels)) == ("merge", {'"a"', "b"})
    assert issue.filter == (r'(label = "\"a\"" AND prediction = "b") OR (label = "b" AND prediction = "\"a\"")')
    assert issue.evidence["confusions"] == [10, 8]
    assert issue.score == pytest.approx(0.72)
    simulated = issue.evidence["simulated"]
    assert simulated["accuracy_before"] == pytest.approx(0.82)
    assert simulated["accuracy_after"] == pytest.approx(1)
    assert simulated["macro_f1_after"] == pytest.approx(1)


def test_merging_joins_probabilities_that_no_class_had_alone(build: Build) -> None:
    predicted = np.repeat(np.arange(4), 25)
    predicted[:10], predicted[25:33] = 1, 0
    evidence = predicting(build, predicted)
    evidence.probabilities[99] = [0.3, 0.3, 0, 0.4]
    (issue,) = find(evidence)
    assert issue.evidence["simulated"]["accuracy_after"] == pytest.approx(0.99)


def test_a_group_of_one_class_that_belongs_to_the_other_is_to_be_split_off(build: Build) -> None:
    labels = ["a"] * 60 + [letter for letter in "bcdefghij" for _ in range(25)]
    predicted = np.array(["abcdefghij".index(label) for label in labels])
    predicted[:20], predicted[60:65] = 1, 0
    embedding = np.eye(11)[[0] * 20 + [label + 1 for label in [0] * 40 + [*np.repeat(np.arange(1, 10), 25)]]]
    (issue,) = find(build(labels, labels, probabilities=np.eye(10)[predicted], embedding=embedding))
    assert issue.proposal == Proposal("split", "a", ("a", "b"))
    assert issue.evidence["simulated"]["accuracy_before"] == pytest.approx(260 / 285)
    assert issue.evidence["simulated"]["accuracy_after"] == pytest.approx(280 / 285)


def test_errors_in_one_direction_or_spread_evenly_are_no_ambiguity(build: Build, clean: Evidence) -> None:
    assert not find(clean)
    one_way = np.repeat(np.arange(4), 25)
    one_way[:10] = 1
    assert not find(predicting(build, one_way))
    rng = np.random.default_rng(0)
    spread = np.where(rng.random(100) < 0.3, rng.integers(0, 4, 100), np.repeat(np.arange(4), 25))
    assert not find(predicting(build, spread))


def test_two_classes_are_never_merged_into_one(build: Build) -> None:
    evidence = build(["x"] * 40, ["a"] * 20 + ["b"] * 20, probabilities=np.eye(2)[[0, 1] * 20])
    assert not find(evidence)
