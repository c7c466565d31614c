"""Which row to annotate first."""

from collections.abc import Callable

import numpy as np

from debugger.evidence import Evidence
from debugger.issues.annotate_next import find

Build = Callable[..., Evidence]


def test_rows_without_label_are_found_and_no_others(build: Build, clean: Evidence) -> None:
    texts = ["one", "two", "three", "four"]
    issues = find(build(texts, [None, "a", None, None], out_of_scope=[False, False, False, True]))
    assert {issue.position for issue in issues} == {0, 2}
    assert all(issue.proposal and issue.proposal.action == "annotate" for issue in issues)
    assert not find(clean)


def test_the_uncertain_come_first_and_by_which_choice_is_told(build: Build) -> None:
    labels = ["a", "b", "c", None, None, None]
    probabilities = [*np.eye(3), [0.98, 0.01, 0.01], [0.5, 0.5, 0], [0.36, 0.33, 0.31]]
    embedding = np.eye(6, 7)
    issues = find(build(list("uvwxyz"), labels, probabilities=probabilities, embedding=embedding))
    by_row = {issue.position: issue for issue in issues}
    assert min(by_row, key=lambda row: by_row[row].score) == 3
    assert by_row[5].evidence["chosen_by"] == "entropy"
    assert by_row[4].evidence["chosen_by"] == "margin"
    assert by_row[4].evidence["margin"] == 1
    assert "given_score" not in by_row[4].evidence


def test_the_given_score_is_one_of_the_choices(build: Build) -> None:
    issues = find(build(["one"] * 3, [None] * 3, scores=[np.nan, 0.2, 0.9]))
    first = max(issues, key=lambda issue: issue.score)
    assert (first.position, first.evidence["chosen_by"]) == (2, "given_score")
    assert {issue.position: issue.evidence["given_score"] for issue in issues} == {0: None, 1: 0.2, 2: 0.9}


def test_what_is_like_a_labeled_row_or_one_chosen_before_is_less_diverse(build: Build) -> None:
    embedding = np.eye(4)[[0, 0, 1, 1, 2]]
    issues = find(build(list("vwxyz"), ["a", None, None, None, None], embedding=embedding))
    diversity = {issue.position: issue.evidence["diversity"] for issue in issues}
    assert diversity == {1: 0, 2: 1, 3: 0, 4: 1}
