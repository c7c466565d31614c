"""The same text under different labels."""

from collections.abc import Callable

from debugger.evidence import Evidence
from debugger.issues.base import Proposal
from debugger.issues.conflicting_labels import find

Build = Callable[..., Evidence]


def test_the_label_of_fewer_rows_is_the_wrong_one(build: Build) -> None:
    texts = ["Where is my card?", "where is my card", "WHERE IS MY CARD", "something else entirely"]
    (issue,) = find(build(texts, ["arrival", "lost", "arrival", "other"]))
    assert issue.position == 1
    assert issue.proposal == Proposal("relabel", "arrival")
    assert (issue.evidence["rows"], issue.evidence["labels"]) == ([1, 3], ["arrival", "arrival"])
    assert issue.score >= 0.9


def test_of_as_many_rows_the_less_likely_label_is_the_wrong_one(build: Build) -> None:
    evidence = build(["hi", "Hi!"], ["greeting", "goodbye"], probabilities=[[0.2, 0.8], [0.3, 0.7]])
    (issue,) = find(evidence)
    assert (issue.position, issue.proposal) == (1, Proposal("relabel", "greeting"))


def test_nearly_the_same_text_counts_where_the_model_finds_the_other_label_likelier(build: Build) -> None:
    texts, labels = ["how much time off do i have left", "how much time off do i have left now"], ["used", "balance"]
    (issue,) = find(build(texts, labels, probabilities=[[0.95, 0.05], [0.9, 0.1]]))
    assert (issue.position, issue.proposal) == (0, Proposal("relabel", "balance"))
    assert 0 < issue.score < 0.9
    assert not find(build(texts, labels))


def test_rows_without_labels_and_different_texts_are_in_no_conflict(build: Build, clean: Evidence) -> None:
    assert not find(clean)
    assert not find(build(["hi", "hi", "hi"], ["greeting", None, "greeting"]))


def test_many_equal_texts_list_only_some_rows(build: Build) -> None:
    issues = find(build(["hi"] * 60, ["a"] * 31 + ["b"] * 29))
    assert {issue.position for issue in issues} == set(range(31, 60))
    assert all(len(issue.evidence["rows"]) == 20 and issue.evidence["count"] == 31 for issue in issues)
