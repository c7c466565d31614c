"""The issues of an analysis, beside what was decided since."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger.filters.finding import Finder
from debugger.issues import KIND_BY_NAME
from debugger.tables import Analysis, FoundIssue, Row
from shared.refusals import NotFoundError

_OPEN = or_(col(FoundIssue.number).is_(None), and_(col(Row.decision).is_(None), col(Row.status) != "dropped"))


def _same_row(analysis: Analysis) -> ColumnElement[bool]:
    return and_(col(Row.project_id) == analysis.project_id, col(Row.number) == col(FoundIssue.number))


async def count_open(session: AsyncSession, analysis: Analysis) -> dict[str, int]:
    """Return of each kind how many issues are about rows that nobody has decided on, or about more than one row."""
    query = (
        select(FoundIssue.kind, func.count())
        .join(Row, _same_row(analysis), isouter=True)
        .where(FoundIssue.analysis_id == analysis.id, _OPEN)
        .group_by(col(FoundIssue.kind))
    )
    return dict((await session.exec(query)).all())


async def list_issues(
    session: AsyncSession,
    analysis: Analysis,
    kind: str,
    finder: Finder,
    after: int | None,
    limit: int,
    *,
    decided: bool,
) -> Sequence[FoundIssue]:
    """Return at most `limit` issues of the kind beyond the rank `after`, in order.

    Of those about single rows the ones that `finder` finds and, unless `decided`, that nobody has decided on. Raises
    NotFoundError for a kind that there is not.
    """
    if kind not in KIND_BY_NAME:
        raise NotFoundError(f"There is no kind of issue {kind}; there are {', '.join(KIND_BY_NAME)}.")
    query = (
        select(FoundIssue)
        .join(
            Row,
            and_(col(Row.project_id) == analysis.project_id, col(Row.number) == col(FoundIssue.number)),
            isouter=True,
        )
        .where(FoundIssue.analysis_id == analysis.id, FoundIssue.kind == kind)
    )
    if finder.tree is not None:
        query = query.where(or_(col(FoundIssue.number).is_(None), col(FoundIssue.number).in_(finder.numbers)))
    if not decided:
        query = query.where(_OPEN)
    if after is not None:
        query = query.where(FoundIssue.rank > after)
    return (await session.exec(query.order_by(col(FoundIssue.rank)).limit(limit))).all()
