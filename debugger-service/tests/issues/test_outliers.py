"""Rows that are like no others."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from debugger.evidence import UNKNOWN, Evidence
from debugger.issues.base import Proposal
from debugger.issues.outliers import find

Build = Callable[..., Evidence]


def strange(build: Build, clean: Evidence, texts: list[str], labels: list[str | None]) -> Evidence:
    """The clean rows with `texts`, of which the model knows nothing."""
    given = [clean.classes[label] for label in clean.labels]
    probabilities = np.concatenate([clean.probabilities, np.full((len(texts), 5), 0.2)])
    return build([*clean.texts, *texts], [*given, *labels], probabilities=probabilities)


def test_strange_rows_are_found_and_no_others(build: Build, clean: Evidence) -> None:
    evidence = strange(build, clean, ["0123 4567 89", "!?% &/ 98 76"], ["class b", None])
    issues = {issue.position: issue for issue in find(evidence)}
    assert set(issues) == {200, 201}
    assert issues[200].proposal == Proposal("drop")
    assert issues[201].proposal == Proposal("out_of_scope")
    assert all(issue.score > 0.9 for issue in issues.values())


def test_a_row_far_away_that_the_model_recognises_is_none_nor_is_a_near_one_that_it_does_not(
    build: Build, clean: Evidence
) -> None:
    evidence = strange(build, clean, ["0123 4567 89", clean.texts[0]], ["class a", "class a"])
    sure = evidence.probabilities.copy()
    sure[200] = [0.96, 0.01, 0.01, 0.01, 0.01]
    assert not find(replace(evidence, probabilities=sure))


def test_rows_that_are_marked_already_are_not_found_again(build: Build, clean: Evidence) -> None:
    evidence = strange(build, clean, ["0123 4567 89"], [None])
    assert evidence.labels[200] == UNKNOWN
    assert not find(replace(evidence, out_of_scope=np.arange(201) == 200))


def test_clean_data_and_few_rows_have_none(build: Build, clean: Evidence) -> None:
    assert not find(clean)
    assert not find(build(["one", "two", "three"], ["a", "b", None]))
