"""A data version as the rows of a file."""

from collections.abc import AsyncIterator
from typing import Any, cast
from uuid import UUID

from sqlalchemy import and_, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger import versions
from debugger.decisions import IMPORT
from debugger.exports.rows import ExportRow, State, Status
from debugger.filters.finding import Finder
from debugger.ingest.record import Record, Split
from debugger.tables import Project, Row, Version

CHUNK_ROWS = 1000


async def rows_of(
    session: AsyncSession, project_id: UUID, version: int, finder: Finder | None, since: int | None
) -> AsyncIterator[ExportRow]:
    """Yield the rows of a data version, of those that `finder` finds, in the order of their numbers.

    What each was before is what it was in the version `since`, or as it was imported.
    """
    states = versions.states_at(project_id, version).subquery("states")
    before = versions.states_at(project_id, since).subquery("before") if since is not None else None
    columns: list[Any] = [Row, states, col(Version.author), col(Version.comment), col(Version.created_at)]
    query = (
        select(*columns, *([before.c.label, before.c.status] if before is not None else []))
        .select_from(Row)
        .join(states, states.c.number == col(Row.number))
        .join(Version, and_(col(Version.project_id) == col(Row.project_id), col(Version.number) == states.c.version))
        .where(col(Row.project_id) == project_id)
        .order_by(col(Row.number))
    )
    if before is not None:
        query = query.join(before, before.c.number == col(Row.number), isouter=True)
    if finder is not None:
        query = query.where(col(Row.number).in_(finder.numbers))
    async for found in await session.stream(query.execution_options(yield_per=CHUNK_ROWS)):
        row, _, label, status, decision, _, author, comment, at, *earlier = found
        yield ExportRow(
            number=row.number,
            record=_record(row),
            label=label,
            status=status,
            decision=decision,
            author=author,
            at=at,
            comment=comment,
            before=State(earlier[0], cast("Status", earlier[1] or "dropped")) if earlier else None,
        )


async def format_of(session: AsyncSession, project: Project) -> str:
    """Return the format of the file that was imported last."""
    query = (
        select(col(Version.request))
        .where(col(Version.project_id) == project.id, col(Version.action) == IMPORT)
        .order_by(col(Version.number).desc())
        .limit(1)
    )
    request: dict[str, str] | None = (await session.execute(query)).scalar()
    return request["format"] if request else "jsonl"


def _record(row: Row) -> Record:
    return Record(
        text=row.text,
        label=row.given_label,
        split=cast("Split | None", row.split),
        external_id=row.external_id,
        score=row.score,
        out_of_scope=row.given_out_of_scope,
        fields=row.fields,
    )
