"""Labelled utterances, and where each stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from intent.labels import Label


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: its line in a file of lines, else its number in a list, both counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Example:
    """A text with its label, which is None for one that is out of scope."""

    text: str
    label: Label | None
    place: Place
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row, or a file among others, that was not taken, and why."""

    place: Place
    reason: str


@dataclass(frozen=True)
class Data:
    """What was read; a split that the data does not have is empty."""

    training: Sequence[Example]
    validation: Sequence[Example]
    testing: Sequence[Example]
    unlabeled: int
    """Rows with a text and no label yet."""
    rejected: Sequence[Rejected]
    sha256: str
    """Of the contents of the files: of a single one its own, else of all their hashes in the order of their names."""
