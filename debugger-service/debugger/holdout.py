"""The rows that a proof holds back from both trainings, and those that it trains on."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final, Literal
from uuid import UUID

import orjson
from sqlalchemy import Select, and_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger import versions
from debugger.class_names import class_names
from debugger.decisions import IMPORT
from debugger.tables import Change, Row, Version
from shared.database import allow_long_statements
from shared.refusals import ConflictError

TESTING: Final = "testing"
SHARE: Final = 5
"""One row of so many is held back where none is for testing."""
MIN_CLASSES: Final = 2
MIN_TRAINING_ROWS: Final = 10

Side = Literal["before", "after"]
SIDES: Final[tuple[Side, Side]] = ("before", "after")
Way = Literal["split", "hash"]

_BREAKS: Final = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Labeled:
    """What a row is to one of the two models: None for `label` is out of scope."""

    text: str
    label: str | None
    split: str | None

    def line(self) -> bytes:
        """Return it as the intent service takes it."""
        split = {"split": self.split} if self.split else {}
        return orjson.dumps({"text": self.text, "label": self.label, **split}) + b"\n"


@dataclass(frozen=True, slots=True)
class Frozen:
    """A row that both models are judged by, with its labels in the names that classes have in the later version."""

    number: int
    given: str | None
    """By the last file that had it up to the earlier version."""

    cleaned: str | None


@dataclass(frozen=True)
class Trained:
    """What one of the models is to be trained on."""

    rows: Sequence[Labeled]
    tests: Sequence[Labeled]
    left_out: int
    """Rows for training that were left out, as a row held back has their text."""

    @property
    def labeled(self) -> int:
        """How many rows have a label."""
        return sum(row.label is not None for row in self.rows)

    def body(self) -> bytes:
        """Return the lines of JSON to send.

        The rows held back go along as rows for testing, which the service only judges its model by: of data without
        any it would set others aside, and both models would learn from fewer.
        """
        return b"".join(row.line() for row in chain(self.rows, self.tests))


@dataclass(frozen=True)
class Holdout:
    """The rows of a proof."""

    way: Way
    """Whether the rows held back are those for testing, or a fifth by a hash, as there are none."""

    frozen: Sequence[Frozen]
    before: Trained
    after: Trained

    def require_worth(self, older: int, newer: int) -> None:
        """Raise ConflictError where there is nothing to train on, to judge by or to compare."""
        if not self.frozen:
            raise ConflictError("No row that can be held back has a label: import rows for testing first.")
        for number, side in ((older, self.before), (newer, self.after)):
            classes = len({row.label for row in side.rows} - {None})
            if classes < MIN_CLASSES or side.labeled < MIN_TRAINING_ROWS:
                raise ConflictError(
                    f"Version {number} has {side.labeled:,} rows of {classes:,} classes to train on besides those held "
                    f"back; at least {MIN_TRAINING_ROWS} rows of {MIN_CLASSES} classes are needed."
                )
        if self.before.rows == self.after.rows:
            raise ConflictError(
                f"Versions {older} and {newer} have the same rows to train on, so both models would be the same: "
                "compare versions that differ in rows that are not for testing."
            )


async def rows_of(session: AsyncSession, project_id: UUID, older: int, newer: int) -> Sequence[Any]:
    """Return the rows of the version `newer` in order, as `sorted_out` takes them; equal for equal versions."""
    await allow_long_statements(session)
    before = versions.states_at(project_id, older).subquery("before")
    after = versions.states_at(project_id, newer).subquery("after")
    given = _given(project_id, older).subquery("given")
    columns: tuple[Any, ...] = (
        col(Row.number),
        col(Row.text),
        col(Row.split),
        col(Row.identity),
        before.c.label.label("label_before"),
        before.c.status.label("status_before"),
        after.c.label.label("label_after"),
        after.c.status.label("status_after"),
        given.c.label.label("label_given"),
        given.c.version.label("version_given"),
    )
    query = (
        select(*columns)
        .join(after, after.c.number == col(Row.number))
        .join(before, before.c.number == col(Row.number), isouter=True)
        .join(given, given.c.number == col(Row.number), isouter=True)
        .where(col(Row.project_id) == project_id)
        .order_by(col(Row.number))
    )
    names = await class_names(session, project_id)
    return [
        (*row[:-2], names.later(row.label_given, row.version_given or older, newer))
        for row in await session.execute(query)
    ]


def sorted_out(rows: Sequence[Any]) -> Holdout:
    """Return which rows are held back, and what each model is trained on."""
    found = [_Found(*row) for row in rows]
    known = [row for row in found if row.status_before is not None]
    way: Way = "split" if any(row.split == TESTING for row in known) else "hash"
    held = [row for row in known if (row.split == TESTING if way == "split" else _is_drawn(row.identity))]
    numbers, texts = {row.number for row in held}, {plain_text(row.text) for row in held}
    rest = [row for row in found if row.number not in numbers and row.split != TESTING]
    kept = [row for row in rest if plain_text(row.text) not in texts]
    alike = [row for row in rest if plain_text(row.text) in texts]
    before, after = (
        Trained(
            rows=list(_labeled(kept, side)),
            tests=[Labeled(each.text, each.label, TESTING) for each in _labeled(held, side)],
            left_out=sum(1 for _ in _labeled(alike, side)),
        )
        for side in SIDES
    )
    frozen = [Frozen(row.number, row.label_given, row.label("after")) for row in held]
    return Holdout(way, [row for row in frozen if (row.given, row.cleaned) != (None, None)], before, after)


def plain_text(text: str) -> str:
    """Return the text in small letters, with one blank between words."""
    return " ".join(text.casefold().split())


def plain_label(label: str | None) -> str | None:
    """Return the label as the intent service writes it."""
    return None if label is None else unicodedata.normalize("NFC", _BREAKS.sub(" ", label)).strip()


@dataclass(frozen=True, slots=True)
class _Found:
    number: int
    text: str
    split: str | None
    identity: bytes
    label_before: str | None
    status_before: str | None
    label_after: str | None
    status_after: str
    label_given: str | None

    def label(self, side: Side) -> str | None:
        label, status = self._state(side)
        return label if status == "active" else None

    def is_out_of_scope(self, side: Side) -> bool:
        return self._state(side)[1] == "out_of_scope"

    def _state(self, side: Side) -> tuple[str | None, str | None]:
        before, after = (self.label_before, self.status_before), (self.label_after, self.status_after)
        return before if side == "before" else after


def _labeled(rows: Sequence[_Found], side: Side) -> Iterator[Labeled]:
    for row in rows:
        label = row.label(side)
        if label is not None or row.is_out_of_scope(side):
            yield Labeled(row.text, label, row.split)


def _is_drawn(identity: bytes) -> bool:
    # It is a digest already: its bits are as good as drawn.
    return int.from_bytes(identity[:8], "big") % SHARE == 0


def _given(project_id: UUID, version: int) -> Select[*tuple[Any, ...]]:
    """Return the query of what the last file up to `version` said of each row."""
    imported = and_(col(Version.project_id) == col(Change.project_id), col(Version.number) == col(Change.version))
    return (
        select(col(Change.number), col(Change.label), col(Change.version))
        .join(Version, imported)
        .where(col(Change.project_id) == project_id, col(Change.version) <= version, col(Version.action) == IMPORT)
        .ext(distinct_on(col(Change.number)))
        .order_by(col(Change.number), col(Change.version).desc())
    )
