"""The border between the classes and what is out of scope."""

from collections.abc import Callable

from debugger.evidence import Evidence
from debugger.issues.base import Proposal
from debugger.issues.out_of_scope import find

Build = Callable[..., Evidence]
TEXTS = [
    "what is the capital of france",
    "what is the capital of spain",
    "what is the capital of italy",
    "what is the capital of norway",
    "block my card please",
    "please block my card now",
    "block my card right away please",
    "please can you block my card",
]
MARKED = [True, True, True, False, False, False, False, False]


def test_a_row_among_marked_ones_may_be_out_of_scope(build: Build) -> None:
    labels = [None, None, None, "pin", "block", "block", "block", "block"]
    sure = [[0.5, 0.5]] * 4 + [[0.95, 0.05]] * 4
    (issue,) = find(build(TEXTS, labels, out_of_scope=MARKED, probabilities=sure, m=3))
    assert (issue.position, issue.proposal) == (3, Proposal("out_of_scope"))
    assert issue.evidence["rows"] == [1, 2, 3] or sorted(issue.evidence["rows"]) == [1, 2, 3]


def test_a_marked_row_among_those_of_a_class_may_be_of_it(build: Build) -> None:
    labels = ["city", "city", "city", "city", None, "block", "block", "block"]
    marked = [False, False, False, False, True, False, False, False]
    sure = [[0.05, 0.95]] * 4 + [[0.95, 0.05]] * 4
    (issue,) = find(build(TEXTS, labels, out_of_scope=marked, probabilities=sure, m=3))
    assert (issue.position, issue.proposal) == (4, Proposal("relabel", "block"))


def test_rows_that_the_model_recognises_and_rows_like_none_are_left_alone(build: Build, clean: Evidence) -> None:
    labels = [None, None, None, "city", "block", "block", "block", "block"]
    assert not find(build(TEXTS, labels, out_of_scope=MARKED, m=3))
    assert not find(build(["ab", "cd"], [None, "a"], out_of_scope=[True, False]))
    assert not find(clean)
