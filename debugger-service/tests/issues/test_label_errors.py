"""Labels that are likely wrong."""

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from debugger.evidence import Evidence
from debugger.issues.base import Proposal
from debugger.issues.label_errors import find

Build = Callable[..., Evidence]


def mislabeled(clean: Evidence, rows: list[int]) -> Evidence:
    """Give the rows the next class; the probabilities still tell the right one."""
    labels = clean.labels.copy()
    labels[rows] = (labels[rows] + 1) % len(clean.classes)
    return replace(clean, labels=labels)


def test_wrong_labels_are_found_with_the_right_ones_proposed(clean: Evidence) -> None:
    rows = [3, 50, 51, 120, 199]
    issues = find(mislabeled(clean, rows))
    first = sorted(issues, key=lambda issue: -issue.score)[: len(rows)]
    assert sorted(issue.position or 0 for issue in first) == rows
    for issue in first:
        assert issue.position is not None
        assert issue.score > 0.5
        assert issue.proposal == Proposal("relabel", clean.classes[clean.labels[issue.position]])


def test_right_labels_are_left_alone(clean: Evidence) -> None:
    assert not [issue for issue in find(clean) if issue.score > 0.1]


def test_evidence_has_the_nearest_rows_and_both_probabilities(clean: Evidence) -> None:
    (issue,) = [issue for issue in find(mislabeled(clean, [7])) if issue.position == 7]
    nearest = clean.neighbours.positions[7, :5]
    assert issue.evidence["rows"] == clean.numbers[nearest].tolist()
    assert issue.evidence["labels"] == [clean.classes[label] for label in clean.labels[nearest]]
    assert issue.evidence["proposed_probability"] == 0.9
    assert issue.evidence["given_probability"] < 0.1
    assert "“class a” 90 % likely" in issue.reason
    assert "5 of 5 nearest rows" in issue.reason
    json.dumps(issue.evidence, allow_nan=False)


def test_a_row_alone_in_its_class_is_not_judged(build: Build) -> None:
    probabilities = [[0.9, 0.1]] * 5
    evidence = build(
        ["hi there", "hi you", "hi all", "hi", "hi hi"], ["a", "a", "a", "a", "b"], probabilities=probabilities
    )
    assert not [issue for issue in find(evidence) if issue.position == 4]


def test_neighbours_without_a_label_are_told_without_one(build: Build) -> None:
    texts = ["card one", "card two", "card three", "joke one", "joke two", "card four"]
    probabilities = [[0.9, 0.1]] * 3 + [[0.1, 0.9], [0.1, 0.9], [0.9, 0.1]]
    evidence = build(texts, ["card", None, "card", "joke", "joke", "joke"], probabilities=probabilities)
    (issue,) = [issue for issue in find(evidence) if issue.position == 5]
    assert None in issue.evidence["labels"]
    assert np.isin(issue.evidence["rows"], evidence.numbers).all()


def test_nothing_is_found_without_labels_or_rows_or_a_second_class(build: Build) -> None:
    assert not find(build([], []))
    assert not find(build(["a text", "another"], [None, None]))
    assert not find(build(["a text", "another", "third"], ["a", "a", "a"]))
