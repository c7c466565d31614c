"""Some records of a file, as rows of a project: which are new, which say something new, and which cannot be."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger.ingest.record import Record
from debugger.tables import Change, Row
from shared.database import driver_connection
from shared.jobs import Failure

_ROW: Final = (
    "project_id",
    "number",
    "identity",
    "external_id",
    "text",
    "length",
    "split",
    "score",
    "fields",
    "given_label",
    "given_out_of_scope",
    "added_in",
    "label",
    "status",
    "version",
)
_CHANGE: Final = ("project_id", "number", "version", "label", "status")


@dataclass(frozen=True)
class Numbered:
    """A record, which of the file it is, counted from 1, and what makes it the same as another time."""

    number: int
    record: Record
    identity: bytes


@dataclass
class Occurrences:
    """Tells rows of the same content apart, as the first, the second, … of it in the file."""

    seen: dict[bytes, int] = field(default_factory=dict)

    def identity(self, record: Record) -> bytes:
        """Return what the record is known by: its file's own id, or its content and which of that it is."""
        if record.external_id is not None:
            return _digest("id", record.external_id)
        content = _digest("content", record.text, record.label or "", record.split or "", str(record.out_of_scope))
        self.seen[content] = self.seen.get(content, 0) + 1
        return _digest("occurrence", content.hex(), str(self.seen[content]))


@dataclass(frozen=True)
class Sorted:
    """What is to become of some records; the same lists, sorted by what there is already."""

    new: Sequence[Numbered]
    relabeled: Mapping[int, Record]
    """By the row's number in the project."""

    failures: Sequence[Failure]


async def sort(session: AsyncSession, project_id: UUID, records: Iterable[Numbered], version: int) -> Sorted:
    """Compare the records with the rows of the project; those of `version` came with the same file."""
    by_identity: dict[bytes, Numbered] = {}
    failures: list[Failure] = []
    for each in records:
        first = by_identity.setdefault(each.identity, each)
        if first is not each and (said := _contradiction(each.record, first.record.text, _state(first.record)[0])):
            failures.append(_failure(each, said))
    known = await _known(session, project_id, list(by_identity))
    relabeled: dict[int, Record] = {}
    for row in known:
        each = by_identity.pop(row.identity)
        label = _state(each.record)[0]
        if row.text != each.record.text or (row.version == version and label != row.given_label):
            failures.append(_failure(each, _contradiction(each.record, row.text, row.given_label) or ""))
        elif label is not None and label != row.given_label:
            relabeled[row.number] = each.record
    return Sorted(list(by_identity.values()), relabeled, failures)


async def insert_rows(
    session: AsyncSession, project_id: UUID, first: int, version: int, records: Sequence[Numbered]
) -> None:
    """Add the records as rows, numbered from `first`."""
    rows, changes = [], []
    for number, (record, identity) in enumerate(((each.record, each.identity) for each in records), first):
        label, status = _state(record)
        fields = orjson.dumps(record.fields).decode()
        rows.append(
            (
                project_id,
                number,
                identity,
                record.external_id,
                record.text,
                len(record.text.split()),
                record.split,
                record.score,
                fields,
                label,
                record.out_of_scope,
                version,
                label,
                status,
                version,
            )
        )
        changes.append((project_id, number, version, label, status))
    connection = await driver_connection(session)
    await connection.copy_records_to_table("rows", records=rows, columns=_ROW)
    await connection.copy_records_to_table("changes", records=changes, columns=_CHANGE)


async def relabel(session: AsyncSession, project_id: UUID, version: int, records: Mapping[int, Record]) -> None:
    """Give rows the labels that the file has for them now."""
    for number, record in records.items():
        label, status = _state(record)
        mine = (col(Row.project_id) == project_id, col(Row.number) == number)
        state = {"label": label, "status": status, "decision": None, "version": version}
        await session.execute(update(Row).where(*mine).values(given_label=label, **state))
        session.add(Change(project_id=project_id, number=number, version=version, label=label, status=status))


async def _known(session: AsyncSession, project_id: UUID, identities: list[bytes]) -> Sequence[Row]:
    query = select(Row).where(Row.project_id == project_id, col(Row.identity).in_(identities))
    return (await session.exec(query)).all()


def _state(record: Record) -> tuple[str | None, str]:
    return (None, "out_of_scope") if record.out_of_scope else (record.label, "active")


def _contradiction(record: Record, text: str, label: str | None) -> str | None:
    name = f"the id {record.external_id!r}"
    if record.text != text:
        return f"{name} has another text already, {text[:50]!r}"
    if _state(record)[0] != label:
        return f"{name} comes twice in this file, also with the label {label!r}" if label else f"{name} comes twice"
    return None


def _failure(each: Numbered, message: str) -> Failure:
    return Failure(each.number, each.record.text[:100], message)


def _digest(*parts: str) -> bytes:
    return hashlib.blake2b(orjson.dumps(parts), digest_size=16).digest()
