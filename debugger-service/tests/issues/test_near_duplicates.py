"""Rows that another stands for."""

from collections.abc import Callable

import pytest

from debugger.evidence import Evidence
from debugger.issues.base import Proposal
from debugger.issues.near_duplicates import find

Build = Callable[..., Evidence]


def test_the_first_of_equal_texts_stands_for_them(build: Build) -> None:
    issues = find(build(["Hello there!", "hello there", "Hello there!"], ["greeting"] * 3))
    assert {issue.position: issue.score for issue in issues} == {1: 0.99, 2: 1.0}
    for issue in issues:
        assert issue.proposal == Proposal("drop")
        assert issue.evidence == {"representative": 1, "similarity": 1.0, "rows": [1, 2, 3], "count": 3}


def test_nearly_equal_texts_are_found_less_surely(build: Build) -> None:
    texts = ["please set the volume to four", "please set the volume to four now", "play some music by the beatles"]
    (issue,) = find(build(texts, ["a"] * 3))
    assert issue.position == 1
    assert 0.8 <= issue.evidence["similarity"] < 1
    assert issue.score < 0.98


def test_a_chain_is_not_one_cluster(build: Build) -> None:
    letters = "one two three four five six seven eight nine ten"
    texts = [f"{letters} {'x' * 3 * at}" for at in range(8)]
    issues = find(build(texts, ["a"] * 8))
    assert issues
    assert all(issue.evidence["similarity"] >= 0.8 for issue in issues)
    assert len({issue.evidence["representative"] for issue in issues}) > 0


@pytest.mark.parametrize(
    ("labels", "splits"),
    [(["a", "b"], ["training"] * 2), (["a", None], ["training"] * 2), (["a", "a"], ["training", "testing"])],
)
def test_rows_of_another_label_or_split_are_none(build: Build, labels: list[str | None], splits: list[str]) -> None:
    assert not find(build(["hello", "hello"], labels, splits=splits))


def test_rows_out_of_scope_are_not_like_those_not_yet_labeled(build: Build) -> None:
    assert not find(build(["hello", "hello"], [None, None], out_of_scope=[True, False]))
    assert len(find(build(["hello", "hello"], [None, None]))) == 1


def test_clean_data_has_none(clean: Evidence) -> None:
    assert not find(clean)
