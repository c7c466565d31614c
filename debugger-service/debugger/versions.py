"""Data versions: what each changed, what the rows were in one, and how two differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, text
from sqlalchemy import select as select_columns
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger.tables import Change, Project, Version
from shared.refusals import NotFoundError


@dataclass(frozen=True)
class State:
    """What a row is in a version."""

    label: str | None
    status: str
    decision: str | None


@dataclass(frozen=True)
class Difference:
    """A row that two versions see differently; `before` is None where the row came later."""

    number: int
    external_id: str | None
    text: str
    before: State | None
    after: State
    version: int
    """The last one of those between that changed the row."""


def begin(
    session: AsyncSession,
    project: Project,
    action: str,
    author: str,
    comment: str | None,
    request: dict[str, Any],
    undoes: int | None = None,
) -> Version:
    """Add the next version of a project that is held."""
    project.version += 1
    version = Version(
        project_id=project.id,
        number=project.version,
        action=action,
        author=author,
        comment=comment,
        request=request,
        undoes=undoes,
        created_at=datetime.now(UTC),
    )
    session.add(version)
    session.add(project)
    return version


async def get(session: AsyncSession, project: Project, number: int) -> Version:
    """Return the version; raises NotFoundError."""
    version = await session.get(Version, (project.id, number))
    if version is None:
        raise NotFoundError(f"The project has no version {number}; its latest is {project.version}.")
    return version


async def list_versions(session: AsyncSession, project: Project, before: int | None, limit: int) -> Sequence[Version]:
    """Return at most `limit` versions, the newest first."""
    query = select(Version).where(Version.project_id == project.id)
    if before is not None:
        query = query.where(Version.number < before)
    return (await session.exec(query.order_by(col(Version.number).desc()).limit(limit))).all()


async def list_after(session: AsyncSession, project_id: UUID, number: int, limit: int) -> Sequence[Version]:
    """Return at most `limit` versions beyond the one with the number, the oldest first."""
    query = select(Version).where(Version.project_id == project_id, Version.number > number)
    return (await session.exec(query.order_by(col(Version.number)).limit(limit))).all()


async def changed_rows(session: AsyncSession, project_id: UUID, number: int, limit: int) -> Sequence[int]:
    """Return the numbers of at most `limit` rows that the version changed, ascending."""
    query = select(Change.number).where(Change.project_id == project_id, Change.version == number)
    return (await session.exec(query.order_by(col(Change.number)).limit(limit))).all()


async def history(session: AsyncSession, project_id: UUID, number: int) -> Sequence[tuple[Change, Version]]:
    """Return what became of a row, the newest first."""
    same = and_(col(Version.project_id) == Change.project_id, col(Version.number) == Change.version)
    query = (
        select(Change, Version)
        .join(Version, same)
        .where(Change.project_id == project_id, Change.number == number)
        .order_by(col(Change.version).desc())
    )
    return (await session.exec(query)).all()


def states_at(project_id: UUID, version: int) -> Select[*tuple[Any, ...]]:
    """Return the query of `number, label, status, decision, version` of all rows that the version has, in order."""
    return (
        select_columns(
            col(Change.number), col(Change.label), col(Change.status), col(Change.decision), col(Change.version)
        )
        .where(col(Change.project_id) == project_id, col(Change.version) <= version)
        .ext(distinct_on(col(Change.number)))
        .order_by(col(Change.number), col(Change.version).desc())
    )


async def differences(
    session: AsyncSession, project_id: UUID, older: int, newer: int, contains: str, after: int, limit: int
) -> Sequence[Difference]:
    """Return at most `limit` rows beyond the number `after` that the two versions see differently, in order.

    Only those whose text or one of whose labels contains `contains`, in whatever case.
    """
    parameters = {"project": project_id, "older": older, "newer": newer, "after": after, "limit": limit}
    parameters["contains"] = contains
    return [
        Difference(
            number=found.number,
            external_id=found.external_id,
            text=found.text,
            before=State(*found.before) if found.before else None,
            after=State(*found.after),
            version=found.version,
        )
        for found in await session.execute(_DIFFERENCES, parameters)
    ]


_DIFFERENCES: Final = text("""
    SELECT number, external_id, text, before.state AS before, after.state AS after, after.version
    FROM (
        SELECT DISTINCT number FROM changes
        WHERE project_id = :project AND version > :older AND version <= :newer AND number > :after
    ) AS changed
    JOIN rows USING (number)
    CROSS JOIN LATERAL (
        SELECT ARRAY[label, status, decision] AS state, version FROM changes
        WHERE project_id = :project AND number = changed.number AND version <= :newer ORDER BY version DESC LIMIT 1
    ) AS after
    LEFT JOIN LATERAL (
        SELECT ARRAY[label, status, decision] AS state FROM changes
        WHERE project_id = :project AND number = changed.number AND version <= :older ORDER BY version DESC LIMIT 1
    ) AS before ON true
    WHERE rows.project_id = :project AND before.state IS DISTINCT FROM after.state
        AND strpos(lower(concat_ws(chr(10), text, before.state[1], after.state[1])), lower(:contains)) > 0
    ORDER BY number LIMIT :limit
""")
