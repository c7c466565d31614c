"""What an export is made of: the rows of a data version."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from debugger.ingest.record import Record

Status = Literal["active", "dropped", "out_of_scope"]


@dataclass(frozen=True, slots=True)
class State:
    """What can be decided of a row."""

    label: str | None
    status: Status


@dataclass(frozen=True, slots=True)
class ExportRow:
    """A row as it was imported, and as it is in the version that is exported."""

    number: int
    """In the project."""

    record: Record
    """As it was imported."""

    label: str | None
    status: Status
    decision: str | None = None
    """The last action on it that somebody decided on, with who did, when and why."""

    author: str | None = None
    at: datetime | None = None
    comment: str | None = None
    before: State | None = None
    """What a patch list compares it with; as it was imported where there is none."""

    @property
    def is_kept(self) -> bool:
        """Whether it belongs to the data; what is dropped does not."""
        return self.status != "dropped"

    @property
    def current(self) -> Record:
        """The record that a later import of the export shall find."""
        out_of_scope = self.status == "out_of_scope"
        return replace(self.record, label=None if out_of_scope else self.label, out_of_scope=out_of_scope)

    @property
    def now(self) -> State:
        """What was decided of it."""
        return State(self.label, self.status)

    @property
    def was(self) -> State:
        """What a patch list compares it with."""
        record = self.record
        return self.before or State(record.label, "out_of_scope" if record.out_of_scope else "active")


Export = Callable[[AsyncIterator[ExportRow]], AsyncGenerator[bytes, None]]
"""Turns rows into a file's bytes at constant memory.

It must be closed by who reads it (`contextlib.aclosing`). An error in the middle means that the file is not whole.
"""
