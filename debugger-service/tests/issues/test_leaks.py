"""What is in training and among the rows that judge."""

from collections.abc import Callable

from debugger.evidence import Evidence
from debugger.issues.base import Proposal
from debugger.issues.leaks import find

Build = Callable[..., Evidence]


def test_the_row_of_the_earlier_split_is_the_one_to_drop(build: Build) -> None:
    splits = ["testing", "training", "validation", "training", None]
    issues = find(build(["Hi there", "hi there", "hi there!", "Hi there", "hi there"], ["a"] * 5, splits=splits))
    assert {issue.position: (issue.score, issue.evidence["rows"]) for issue in issues} == {
        1: (0.99, [1, 3]),
        2: (0.99, [1]),
        3: (1.0, [1, 3]),
    }
    assert all(issue.proposal == Proposal("drop") for issue in issues)


def test_nearly_the_same_text_leaks_too(build: Build) -> None:
    texts = ["please set the volume to four", "please set the volume to four now"]
    (issue,) = find(build(texts, ["a", "b"], splits=["testing", "training"]))
    assert issue.position == 1
    assert not issue.evidence["same_label"]
    assert "labeled “a”" in issue.reason
    assert 0.7 < issue.score < 0.98


def test_the_same_text_within_a_split_is_no_leak(build: Build) -> None:
    assert not find(build(["hi", "hi"], ["a", "a"], splits=["testing", "testing"]))
    assert not find(build(["hi", "hi"], ["a", "a"], splits=[None, "testing"]))


def test_clean_data_has_none(build: Build, clean: Evidence) -> None:
    labels = [clean.classes[label] for label in clean.labels]
    assert not find(build(clean.texts, labels, splits=["training", "testing"] * (clean.size // 2)))
