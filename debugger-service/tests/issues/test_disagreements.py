"""Where the model is sure of another class than the label says."""

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from debugger.evidence import Evidence
from debugger.issues.base import Proposal
from debugger.issues.disagreements import find

Build = Callable[..., Evidence]


def test_the_surest_disagreements_are_told(build: Build) -> None:
    probabilities = [[0.1, 0.9], [0.3, 0.7], [0.2, 0.8], [0.45, 0.55]]
    issues = find(build(["one", "two", "three", "four"], ["a", "a", "b", None], probabilities=probabilities))
    assert [(issue.position, round(issue.score, 3)) for issue in issues] == [(0, 0.9), (1, 0.7)]
    assert issues[0].proposal == Proposal("relabel", "b")
    assert issues[0].reason == ("A model that has not seen this row says “b” with 90 %, and only 10 % “a”, its label.")
    json.dumps([issue.evidence for issue in issues], allow_nan=False)


def test_a_model_that_is_not_sure_does_not_disagree(build: Build) -> None:
    probabilities = [[0.3, 0.4, 0.3], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]]
    assert not find(build(["one", "two", "three"], ["a", "b", "c"], probabilities=probabilities))


def test_the_served_model_speaks_where_it_has_said_anything(build: Build) -> None:
    evidence = build(["one", "two", "three"], ["a", "a", "b"], probabilities=[[0.1, 0.9], [0.1, 0.9], [0.1, 0.9]])
    nothing = [np.nan, np.nan]
    served = np.array([[0.8, 0.2], nothing, [0.95, 0.05]], np.float32)
    issues = find(replace(evidence, served=served))
    assert [issue.position for issue in issues] == [2, 1]
    assert [issue.evidence["model"] for issue in issues] == ["served", "out_of_sample"]
    assert issues[0].reason.startswith("The served model says “a” with 95 %")


def test_confidences_that_do_not_sum_to_1_stay_scores(build: Build) -> None:
    evidence = build(["one", "two"], ["a", "b"], probabilities=[[0.9, 0.1], [0.1, 0.9]])
    issues = find(replace(evidence, served=np.array([[0.5, 1.5], [0.1, 0.6]], np.float32)))
    assert [issue.score for issue in issues] == [1.0]


def test_nothing_is_found_without_labels_or_rows(build: Build, clean: Evidence) -> None:
    assert not find(build([], []))
    assert not find(build(["a text"], [None]))
    assert not find(clean)
