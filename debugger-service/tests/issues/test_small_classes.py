"""Classes with too few rows."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from debugger.evidence import Evidence
from debugger.issues.base import Proposal
from debugger.issues.small_classes import find

Build = Callable[..., Evidence]


def sized(build: Build, sizes: Sequence[int], right: Sequence[int], **arrays: object) -> Evidence:
    """Classes of those sizes, of which so many rows are recognised, and the others taken for the next class."""
    labels, predicted = [], []
    for at, (size, known) in enumerate(zip(sizes, right)):
        labels += [f"class {at:02}"] * size
        predicted += [at] * known + [(at + 1) % len(sizes)] * (size - known)
    texts = [f"text {at}" for at in range(len(labels))]
    made = {"embedding": np.eye(1, 4).repeat(len(texts), 0), **arrays}
    return build(texts, labels, probabilities=np.eye(len(sizes))[predicted], **made)


def test_a_class_below_the_floor_is_found_the_smaller_the_worse(build: Build) -> None:
    issues = find(sized(build, [30, 9, 2], [30, 9, 2]))
    assert [(issue.filter, issue.proposal) for issue in issues] == [
        ('label = "class 02"', Proposal("collect", "class 02")),
        ('label = "class 01"', Proposal("collect", "class 01")),
    ]
    assert [issue.score for issue in issues] == pytest.approx([0.9, 0.55])
    assert [issue.evidence["rows_wanted"] for issue in issues] == [8, 1]


def test_where_more_rows_made_classes_better_the_smaller_ones_want_more(build: Build) -> None:
    sizes = [12, 15, 20, 30, 40, 60, 80, 100, 150, 200]
    recall = [0.4, 0.45, 0.55, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]
    issues = find(sized(build, sizes, [round(part * size) for part, size in zip(recall, sizes)]))
    found = [issue.proposal.label for issue in issues if issue.proposal]
    assert set(found) == {f"class {at:02}" for at in range(5)}
    assert all(0.03 <= issue.score <= 0.5 and issue.evidence["rows_wanted"] > 10 for issue in issues)


def test_where_all_classes_are_learned_or_of_a_size_none_is_found(build: Build, clean: Evidence) -> None:
    assert not find(clean)
    assert not find(sized(build, [12, 15, 20, 30, 40, 60, 80, 100], [12, 15, 20, 30, 40, 60, 80, 100]))
    assert not find(sized(build, [20] * 10, list(range(10, 20))))


def test_only_rows_to_learn_from_count(build: Build) -> None:
    splits = ["testing"] * 25 + ["training"] * 5 + ["training"] * 30
    (issue,) = find(sized(build, [30, 30], [30, 30], splits=splits))
    assert (issue.evidence["count"], issue.evidence["judged"]) == (5, 30)
    assert not find(sized(build, [30, 30], [30, 30], splits=["testing"] * 60))
