"""Which rows a decision is about, and that nobody has changed them since they were looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger.tables import Row, Version
from shared.refusals import ConflictError, InvalidRequestError

MAX_ROWS: Final = 10_000
"""So many are named in one decision; more are chosen by a filter."""

MAX_NAMED: Final = 20
"""So many rows are named in an error."""


@dataclass(frozen=True)
class Found:
    """Rows that a query finds, which nobody must have changed after the version `seen`."""

    query: Select[Any]
    """Of the numbers of rows."""

    seen: int


Named = Mapping[int, int]
"""Rows by their numbers, each with the version in which it was seen to have changed last."""

Chosen = Found | Named


async def condition_of(session: AsyncSession, project_id: UUID, chosen: Chosen) -> ColumnElement[bool]:
    """Return the condition on the rows that are meant.

    Raises ConflictError where somebody else has changed one of them since, and InvalidRequestError for a number that
    no row has.
    """
    mine = col(Row.project_id) == project_id
    if isinstance(chosen, Found):
        condition = and_(mine, col(Row.number).in_(chosen.query))
        await _refuse(session, and_(condition, col(Row.version) > chosen.seen))
        return condition
    condition = and_(mine, col(Row.number).in_(list(chosen)))
    found = await session.execute(select(col(Row.number), col(Row.version)).where(condition))
    known = {row.number: row.version for row in found}
    missing = [number for number in chosen if number not in known]
    if missing:
        raise InvalidRequestError(
            f"The project has no rows with the numbers {', '.join(map(str, missing[:MAX_NAMED]))}."
        )
    stale = [number for number, seen in chosen.items() if known[number] > seen]
    if stale:
        await _refuse(session, and_(mine, col(Row.number).in_(stale)))
    return condition


async def _refuse(session: AsyncSession, changed: ColumnElement[bool]) -> None:
    query = (
        select(col(Row.number), col(Version.number), col(Version.author), col(Row.label))
        .join(Version, and_(col(Version.project_id) == col(Row.project_id), col(Version.number) == col(Row.version)))
        .where(changed)
        .order_by(col(Row.number))
        .limit(MAX_NAMED)
    )
    found = (await session.execute(query)).all()
    if found:
        said = "; ".join(
            f"row {number} by {author} in version {version}" + (f", now labeled {label}" if label else "")
            for number, version, author, label in found
        )
        raise ConflictError(f"Changed meanwhile: {said}. Look again.")
