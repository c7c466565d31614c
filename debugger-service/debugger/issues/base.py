"""What every kind of issue is: a finder over the evidence, and what it finds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from debugger.evidence import Evidence

Action = Literal["relabel", "keep", "drop", "merge", "split", "out_of_scope", "annotate", "collect"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to do about an issue: relabel as `label`, merge `labels` into `label`, collect more rows of `label`, …"""

    action: Action
    label: str | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """Something that is likely wrong, of one row or of all that a filter finds."""

    score: float
    """In [0, 1]; the greater, the more surely or the more badly wrong. Comparable within a kind only."""

    reason: str
    """One sentence for people."""

    position: int | None = None
    """Of the row in the evidence; None where the issue is about classes or a slice."""

    filter: str | None = None
    """What finds the rows that an issue of no single row is about, in the filter language."""

    proposal: Proposal | None = None
    evidence: dict[str, Any] = field(default_factory=dict)
    """JSON: numbers of rows that say so, probabilities, counts; never NaN or infinity."""


@dataclass(frozen=True)
class Kind:
    """A kind of issue."""

    name: str
    """As in the API: `label_error`."""

    title: str
    """For people: "Label errors"."""

    description: str
    """One sentence: what it finds, and by what."""

    find: Callable[[Evidence], Sequence[Issue]]
    """Find all issues of this kind, in any order; the same evidence always gives the same issues."""
