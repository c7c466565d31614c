"""Rows: listed in an order, counted, and one seen whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, NamedTuple
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, and_, func, literal, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger.filters.fields import OutOfSample, Scope, Served
from debugger.filters.finding import Finder
from debugger.tables import Comment, FoundIssue, Prediction, Row
from shared.pagination import MAX_INTEGER
from shared.refusals import InvalidRequestError, NotFoundError

Direction = Literal["asc", "desc"]
_MAX_REAL: Final = 3.4e38


class Key(NamedTuple):
    """What a row is sorted by, and its number: what a cursor holds."""

    value: Annotated[float, Field(ge=-_MAX_REAL, le=_MAX_REAL, allow_inf_nan=False)]
    number: Annotated[int, Field(ge=0, le=MAX_INTEGER)]


ORDERS: Final[dict[str, Any]] = {
    "number": None,
    "score": col(Row.score),
    "length": col(Row.length),
    "version": col(Row.version),
    "confidence": col(OutOfSample.confidence),
    "served.confidence": col(Served.confidence),
}
FACETS: Final[dict[str, Any]] = {
    "split": col(Row.split),
    "label": col(Row.label),
    "status": col(Row.status),
    "decision": col(Row.decision),
    "prediction": col(OutOfSample.label),
}


@dataclass(frozen=True)
class Order:
    """By what rows are sorted: a field, or `issue.<kind>` for the scores of a kind of issue."""

    field: str = "number"
    direction: Direction = "asc"

    @classmethod
    def parse(cls, text: str) -> "Order":
        """Return the order in `text`, as AIP-132 has it: `confidence desc`; raises InvalidRequestError."""
        field, _, direction = text.strip().partition(" ")
        kind = field.removeprefix("issue.")
        if (field not in ORDERS and (kind == field or not kind)) or direction.strip() not in {"", "asc", "desc"}:
            fields = ", ".join([*ORDERS, "issue.<kind>"])
            raise InvalidRequestError(f"Rows cannot be sorted by {text!r}, but by {fields}, and then `asc` or `desc`.")
        return cls(field, "desc" if direction.strip() == "desc" else "asc")


@dataclass(frozen=True)
class Listed:
    """A row in a list, with its predictions, and the kinds of its issues with their scores."""

    row: Row
    out_of_sample: Prediction | None
    served: Prediction | None
    issues: dict[str, float]
    key: Key


async def list_rows(
    session: AsyncSession, finder: Finder, order: Order, after: Key | None, limit: int
) -> Sequence[Listed]:
    """Return at most `limit` rows beyond the one with the key `after`; those without the value are left out."""
    number = col(Row.number)
    kind = order.field.removeprefix("issue.")
    value = ORDERS[order.field] if kind == order.field else col(FoundIssue.score)
    query = finder.select(number, number if value is None else value)
    if kind != order.field:
        scores = (col(FoundIssue.analysis_id) == finder.scope.analysis_id, col(FoundIssue.kind) == kind)
        query = query.join(FoundIssue, and_(col(FoundIssue.number) == number, *scores))
    elif value is not None:
        query = query.where(value.is_not(None))
    keys = (number,) if value is None else (value, number)
    if after is not None:
        query = query.where(_beyond(keys, after[2 - len(keys) :], order.direction))
    query = query.order_by(*((key.desc() if order.direction == "desc" else key.asc()) for key in keys)).limit(limit)
    found = (await session.execute(query)).all()
    return await _whole(session, finder.scope, [Key(float(value), number) for number, value in found])


async def get(session: AsyncSession, scope: Scope, number: int) -> Listed:
    """Return the row; raises NotFoundError."""
    found = await _whole(session, scope, [Key(float(number), number)])
    if not found:
        raise NotFoundError(f"The project has no row {number}.")
    return found[0]


async def get_all(session: AsyncSession, scope: Scope, numbers: Sequence[int]) -> Sequence[Listed]:
    """Return the rows in this order, without those that there are not."""
    return await _whole(session, scope, [Key(float(number), number) for number in numbers])


async def count(session: AsyncSession, finder: Finder) -> int:
    """Return how many rows are found."""
    return int((await session.execute(finder.select(func.count()))).scalar_one())


async def facet(session: AsyncSession, finder: Finder, name: str, limit: int) -> dict[str | None, int]:
    """Return the most frequent values of one of `FACETS` among the rows found, and how many have each."""
    value = FACETS[name]
    number = func.count()
    query = finder.select(value, number).group_by(value).order_by(number.desc(), value).limit(limit)
    return {found: int(rows) for found, rows in await session.execute(query)}


async def issues_of(session: AsyncSession, scope: Scope, number: int) -> Sequence[FoundIssue]:
    """Return the row's issues, by their kinds."""
    query = select(FoundIssue).where(FoundIssue.analysis_id == scope.analysis_id, FoundIssue.number == number)
    return (await session.exec(query.order_by(col(FoundIssue.kind), col(FoundIssue.rank)))).all()


async def comments_of(session: AsyncSession, project_id: UUID, number: int) -> Sequence[Comment]:
    """Return what was said of the row, the oldest first."""
    query = select(Comment).where(Comment.project_id == project_id, Comment.number == number)
    return (await session.exec(query.order_by(col(Comment.id)))).all()


async def comment(session: AsyncSession, project_id: UUID, number: int, author: str, text: str) -> Comment:
    """Say something of a row; raises NotFoundError."""
    if await session.get(Row, (project_id, number)) is None:
        raise NotFoundError(f"The project has no row {number}.")
    said = Comment(project_id=project_id, number=number, author=author, text=text)
    session.add(said)
    await session.flush()
    return said


def _beyond(keys: tuple[Any, ...], after: tuple[Any, ...], direction: Direction) -> ColumnElement[bool]:
    limits = tuple_(*(literal(value, key.type) for key, value in zip(keys, after)))
    return tuple_(*keys) < limits if direction == "desc" else tuple_(*keys) > limits


async def _whole(session: AsyncSession, scope: Scope, keys: Sequence[Key]) -> Sequence[Listed]:
    numbers = [key.number for key in keys]
    mine = (col(Row.project_id) == scope.project_id, col(Row.number).in_(numbers))
    query = select(Row, OutOfSample, Served).select_from(scope.join(Row.__table__)).where(*mine)  # type: ignore[attr-defined]
    found = {row.number: (row, sample, served) for row, sample, served in await session.exec(query)}
    issues = await _issues(session, scope, numbers)
    return [Listed(*found[key.number], issues.get(key.number, {}), key) for key in keys if key.number in found]


async def _issues(session: AsyncSession, scope: Scope, numbers: Sequence[int]) -> dict[int, dict[str, float]]:
    if scope.analysis_id is None:
        return {}
    query = select(FoundIssue.number, FoundIssue.kind, FoundIssue.score).where(
        FoundIssue.analysis_id == scope.analysis_id, col(FoundIssue.number).in_(numbers)
    )
    issues: dict[int, dict[str, float]] = {}
    for number, kind, score in await session.exec(query.order_by(col(FoundIssue.score))):
        if number is not None:
            issues.setdefault(number, {})[kind] = score
    return issues
