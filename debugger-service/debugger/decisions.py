"""Decisions about rows: each makes a data version, and can be undone by another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    and_,
    case,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.types import Text
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger import projects, versions
from debugger.choosing import Chosen, condition_of
from debugger.tables import Change, FoundIssue, Row, Version
from shared.database import allow_long_statements
from shared.refusals import ConflictError

IMPORT: Final = "import"
"""The action of versions that are not decided on, and the kind of job that makes them."""

LABEL_ERROR: Final = "label_error"

Action = Literal["relabel", "accept", "keep", "drop", "out_of_scope", "merge", "rename"]


@dataclass(frozen=True)
class Decision:
    """What to do with some rows."""

    action: Action
    author: str
    label: str | None = None
    """Of `relabel`, `merge` and `rename` the new one."""

    labels: tuple[str, ...] = ()
    """Of `merge` and `rename` those that are given up, by which its rows are chosen."""

    kind: str | None = None
    """Of `accept` the kind of issue whose proposals are followed."""

    comment: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as the version keeps it."""
        stated = {"label": self.label, "labels": list(self.labels), "kind": self.kind}
        return {name: value for name, value in stated.items() if value}


@dataclass(frozen=True)
class Effect:
    """Rows that would change alike."""

    label: str | None
    status: str
    new_label: str | None
    new_status: str
    rows: int


async def decide(
    session: AsyncSession, project_id: UUID, decision: Decision, chosen: Chosen, analysis_id: UUID | None
) -> Version | None:
    """Do it, in a version of its own, and return that; None where no row changes.

    Raises NotFoundError; ConflictError where somebody else has changed one of the rows since, or rows are being
    imported; InvalidRequestError for a row that there is not.
    """
    await allow_long_statements(session)
    project = await projects.hold(session, project_id)
    if await projects.running_jobs(session, project_id, IMPORT):
        raise ConflictError("Rows are being imported into this project: decide when the import is done.")
    new = _new_states(decision, await condition_of(session, project_id, chosen), analysis_id)
    version = versions.begin(session, project, decision.action, decision.author, decision.comment, decision.as_json())
    await session.flush()
    version.changed = await _write(session, project_id, version.number, new, analysis_id)
    if version.changed == 0:
        await session.delete(version)
        project.version -= 1
        return None
    return version


async def preview(
    session: AsyncSession, project_id: UUID, decision: Decision, chosen: Chosen, analysis_id: UUID | None
) -> Sequence[Effect]:
    """Return what `decide` would do, the most rows first; raises what that would."""
    await allow_long_statements(session)
    new = _new_states(decision, await condition_of(session, project_id, chosen), analysis_id)
    columns = (col(Row.label), col(Row.status), new.c.label, new.c.status)
    count = func.count()
    query = (
        select(*columns, count)
        .join(new, and_(col(Row.project_id) == project_id, col(Row.number) == new.c.number))
        .where(_differs(new))
        .group_by(*columns)
        .order_by(count.desc(), *columns)
    )
    return [Effect(*found) for found in await session.execute(query)]


async def undo(session: AsyncSession, project_id: UUID, number: int, author: str) -> Version:
    """Make every row again what it was before the version, in a new one; undoing that does it again.

    Raises NotFoundError; ConflictError for an import, for what is undone already, and where a later version has changed
    one of its rows.
    """
    await allow_long_statements(session)
    project = await projects.hold(session, project_id)
    if await projects.running_jobs(session, project_id, IMPORT):
        raise ConflictError("Rows are being imported into this project: undo when the import is done.")
    undone = await versions.get(session, project, number)
    if undone.action == IMPORT:
        raise ConflictError("An import cannot be undone; its rows can be dropped.")
    if undone.undone_by is not None:
        raise ConflictError(f"Version {number} has been undone already, by version {undone.undone_by}.")
    await _require_untouched_since(session, project_id, number)
    version = versions.begin(session, project, "undo", author, None, {}, undoes=number)
    await session.flush()
    version.changed = await _write(session, project_id, version.number, _earlier_states(project_id, number), None)
    undone.undone_by = version.number
    session.add(undone)
    return version


def _new_states(decision: Decision, condition: ColumnElement[bool], analysis_id: UUID | None) -> CTE:
    """Return the query of `number, label, status, decision` of the rows as they are to be."""
    label: Any = col(Row.label)
    status: Any = col(Row.status)
    decided: Any = literal(decision.action, Text)
    match decision.action:
        case "relabel":
            label, status = literal(decision.label, Text), literal("active", Text)
        case "drop":
            status = literal("dropped", Text)
        case "out_of_scope":
            label, status = null(), literal("out_of_scope", Text)
        case "merge" | "rename":
            label, decided = literal(decision.label, Text), col(Row.decision)
        case "accept":
            return _accepted(decision, condition, analysis_id)
        case "keep":
            pass
    columns = (label.label("label"), status.label("status"), decided.label("decision"))
    return _computed_once(select(col(Row.number), *columns).where(condition))


def _accepted(decision: Decision, condition: ColumnElement[bool], analysis_id: UUID | None) -> CTE:
    action = col(FoundIssue.action)
    label = case((action == "relabel", col(FoundIssue.label)), (action == "drop", col(Row.label)), else_=null())
    status = case((action == "relabel", "active"), (action == "drop", "dropped"), else_="out_of_scope")
    return _computed_once(
        select(col(Row.number), label.label("label"), status.label("status"), action.label("decision"))
        .join(FoundIssue, col(FoundIssue.number) == col(Row.number))
        .where(
            condition,
            col(FoundIssue.analysis_id) == analysis_id,
            col(FoundIssue.kind) == decision.kind,
            action.in_(("relabel", "drop", "out_of_scope")),
        )
        .ext(distinct_on(col(Row.number)))
        .order_by(col(Row.number), col(FoundIssue.rank))
    )


def _earlier_states(project_id: UUID, version: int) -> CTE:
    changed = select(col(Change.number)).where(col(Change.project_id) == project_id, col(Change.version) == version)
    return _computed_once(versions.states_at(project_id, version - 1).where(col(Change.number).in_(changed)))


def _computed_once(states: Select[Any]) -> CTE:
    """Return `states` so that PostgreSQL cannot compute them once for each row, however few it expects."""
    return states.cte("new").prefix_with("MATERIALIZED", dialect="postgresql")


def _differs(new: CTE) -> ColumnElement[bool]:
    return or_(
        col(Row.label).is_distinct_from(new.c.label),
        col(Row.status) != new.c.status,
        col(Row.decision).is_distinct_from(new.c.decision),
    )


async def _write(session: AsyncSession, project_id: UUID, version: int, new: CTE, analysis_id: UUID | None) -> int:
    """Change the rows that differ from `new`, and return how many these were."""
    updated = (
        update(Row)
        .where(col(Row.project_id) == project_id, col(Row.number) == new.c.number, _differs(new))
        .values(label=new.c.label, status=new.c.status, decision=new.c.decision, version=version)
        .returning(*(getattr(Row, name) for name in _STATE))
        .cte("updated")
    )
    score = (
        select(func.max(FoundIssue.score))
        .where(
            col(FoundIssue.analysis_id) == analysis_id,
            col(FoundIssue.number) == updated.c.number,
            col(FoundIssue.kind) == LABEL_ERROR,
        )
        .scalar_subquery()
    )
    written: Select[Any] = select(updated, score)
    result: Any = await session.execute(insert(Change).from_select([*_STATE, "score"], written))
    return int(result.rowcount)


async def _require_untouched_since(session: AsyncSession, project_id: UUID, version: int) -> None:
    later = await session.execute(_LATER, {"project": project_id, "version": version})
    numbers = [str(each) for each in later.scalars()]
    if numbers:
        such = ", ".join(numbers)
        raise ConflictError(f"Later versions changed its rows again, such as {such}: undo these versions first.")


_STATE: Final = ["project_id", "number", "version", "label", "status", "decision"]

_LATER: Final = text("""
    SELECT number FROM rows JOIN changes USING (project_id, number)
    WHERE project_id = :project AND changes.version = :version AND rows.version > :version ORDER BY number LIMIT 5
""")
