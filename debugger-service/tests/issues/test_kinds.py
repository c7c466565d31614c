"""What holds of every kind of issue, whatever the rows are."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debugger.evidence import SPLITS, Evidence
from debugger.filters.syntax import parse
from debugger.issues import KIND_BY_NAME, KINDS
from debugger.issues.base import Issue, Kind

Build = Callable[..., Evidence]
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)

LABELS = st.sampled_from(["a", "b", 'c "quoted" \\', None])
TEXTS = st.one_of(
    st.sampled_from(["", " ", "hi", "Hi!", "where is my card", "\x00", "=1+1", "…"]), st.text(max_size=40)
)
ROWS = st.lists(st.tuples(TEXTS, LABELS, st.sampled_from([*SPLITS, None]), st.booleans()), max_size=60)
SCORES = st.sampled_from([0.0, 0.5, np.nan])


def check(evidence: Evidence, issues: Sequence[Issue]) -> None:
    rows = [issue.position for issue in issues if issue.position is not None]
    assert len(rows) == len(set(rows))
    numbers, classes = set(evidence.numbers.tolist()), {*evidence.classes, None}
    for issue in issues:
        assert 0 <= issue.score <= 1
        assert issue.reason.strip()
        json.dumps(issue.evidence, allow_nan=False)
        assert (issue.position is None) != (issue.filter is None)
        assert issue.position is None or 0 <= issue.position < evidence.size
        assert issue.filter is None or parse(issue.filter) is not None
        assert numbers.issuperset(issue.evidence.get("rows", []))
        if issue.proposal:
            assert classes.issuperset({issue.proposal.label, *issue.proposal.labels})


def random(build: Build, rows: list[tuple[str, str | None, str | None, bool]], seed: int, **arrays: Any) -> Evidence:
    rng = np.random.default_rng(seed)
    texts, labels, splits, marked = zip(*rows) if rows else ((), (), (), ())
    classes = len({label for label in labels if label})
    outside = [label is None and mark for label, mark in zip(labels, marked)]
    probabilities = rng.dirichlet(np.full(classes, 0.3), len(rows)) if classes else np.zeros((len(rows), 0))
    return build(texts, labels, splits=splits, out_of_scope=outside, probabilities=probabilities, **arrays)


@every_kind
@settings(max_examples=60, deadline=None)
@given(rows=ROWS, seed=st.integers(0, 99), data=st.data())
def test_issues_of_any_rows_are_sound_and_the_same_again(
    build: Build, kind: Kind, rows: list[tuple[str, str | None, str | None, bool]], seed: int, data: st.DataObject
) -> None:
    scores = data.draw(st.lists(SCORES, min_size=len(rows), max_size=len(rows)))
    evidence = random(build, rows, seed, scores=scores, m=data.draw(st.integers(0, 12)))
    issues = kind.find(evidence)
    check(evidence, issues)
    assert list(issues) == list(kind.find(evidence))


@every_kind
@pytest.mark.parametrize("size", [0, 1, 2, 50])
@pytest.mark.parametrize("labels", [[None], ["a"], ["a", "b", "c"]], ids=["unlabeled", "one class", "three classes"])
def test_equal_texts_and_embeddings_of_zeros_are_borne(
    build: Build, kind: Kind, size: int, labels: list[str | None]
) -> None:
    given = [labels[at % len(labels)] for at in range(size)]
    evidence = build(["the same"] * size, given, splits=[SPLITS[at % 3] for at in range(size)])
    for each in (evidence, build(["zero"] * size, given, embedding=np.zeros((size, 4)))):
        check(each, kind.find(each))


@every_kind
def test_clean_data_has_no_issue(kind: Kind, clean: Evidence) -> None:
    assert not kind.find(clean)


@pytest.fixture(scope="module")
def many(clean: Evidence) -> Evidence:
    """More rows than issues of a kind are kept."""
    size = 12_000
    rng = np.random.default_rng(0)
    rows = rng.integers(0, clean.size, size)
    positions = rng.integers(0, size, (size, 10)).astype(np.int32)
    similarities = np.sort(rng.random((size, 10)).astype(np.float32))[:, ::-1]
    return replace(
        clean,
        numbers=np.arange(1, size + 1),
        texts=tuple(clean.texts[row] for row in rows),
        labels=np.where(rng.random(size) < 0.9, rng.integers(0, 5, size), -1).astype(np.int32),
        splits=rng.integers(0, 3, size).astype(np.int8),
        out_of_scope=np.zeros(size, bool),
        scores=np.full(size, np.nan, np.float32),
        probabilities=rng.dirichlet(np.ones(5), size).astype(np.float32),
        embedding=clean.embedding[rows],
        neighbours=replace(clean.neighbours, positions=positions, similarities=similarities),
    )


@every_kind
def test_many_rows_have_at_most_so_many_issues_in_time(kind: Kind, many: Evidence) -> None:
    begun = time.perf_counter()
    issues = kind.find(many)
    assert time.perf_counter() - begun < 20
    assert len(issues) <= 10_000
    check(many, issues)


def test_kinds_have_names_of_their_own() -> None:
    assert len(KIND_BY_NAME) == len(KINDS)
    for name, kind in KIND_BY_NAME.items():
        assert name.replace("_", "").isalpha()
        assert kind.title
        assert kind.description.endswith(".")
