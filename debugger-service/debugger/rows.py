"""Rows: listed in an order, counted, and one seen whole."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, Literal, NamedTuple
from uuid import UUID

import numpy as np
from anyio import to_thread
from numpy.typing import NDArray
from pydantic import Field
from sqlalchemy import ColumnElement, and_, func, literal, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger.filters.fields import OutOfSample, Scope, Served
from debugger.filters.finding import Finder
from debugger.filters.syntax import BrokenFilterError, Similarity, parse
from debugger.tables import Comment, FoundIssue, Prediction, Row
from shared.pagination import MAX_INTEGER
from shared.refusals import InvalidRequestError, NotFoundError

Direction = Literal["asc", "desc"]
Numbers = NDArray[np.int64]
SIMILAR: Final = "similar("
DECIMALS: Final = 6
"""Of a similarity."""
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


@dataclass(frozen=True)
class Order:
    """By what rows are sorted: a field, `issue.<kind>` for the scores of a kind of issue, or how similar they are."""

    field: str = "number"
    direction: Direction = "asc"
    similar_to: str | int | None = None
    """In place of a field: a sentence, or a row by its number."""

    @classmethod
    def parse(cls, text: str) -> "Order":
        """Return the order in `text`, as AIP-132 has it: `confidence desc`; raises InvalidRequestError."""
        if text.strip().startswith(SIMILAR):
            return cls._by_similarity(text.strip())
        field, _, direction = text.strip().partition(" ")
        kind = field.removeprefix("issue.")
        if (field not in ORDERS and (kind == field or not kind)) or direction.strip() not in {"", "asc", "desc"}:
            fields = ", ".join([*ORDERS, "issue.<kind>", "similar(…)"])
            raise InvalidRequestError(f"Rows cannot be sorted by {text!r}, but by {fields}, and then `asc` or `desc`.")
        return cls(field, "desc" if direction.strip() == "desc" else "asc")

    @classmethod
    def _by_similarity(cls, text: str) -> "Order":
        term, _, direction = text.rpartition(")")
        try:
            found = parse(f"{term}) > 0")
        except BrokenFilterError:
            found = None
        if not isinstance(found, Similarity) or direction.strip() not in {"", "asc", "desc"}:
            raise InvalidRequestError('Rows are sorted as in `similar(17) desc` or `similar("where is my card") desc`.')
        return cls(SIMILAR, "desc" if direction.strip() == "desc" else "asc", found.to)


@dataclass(frozen=True)
class Listed:
    """A row in a list, with its predictions, and the kinds of its issues with their scores."""

    row: Row
    out_of_sample: Prediction | None
    served: Prediction | None
    issues: dict[str, float]
    key: Key
    similarity: float | None = None
    """Where rows are sorted by it."""


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


async def list_similar(
    session: AsyncSession,
    finder: Finder,
    similarities: tuple[Numbers, NDArray[np.float32]],
    direction: Direction,
    after: Key | None,
    limit: int,
) -> Sequence[Listed]:
    """Return at most `limit` rows beyond the one with the key `after`, by `similarities`: numbers and what each has."""
    found = None if finder.tree is None else await _numbers(session, finder)
    keys = await to_thread.run_sync(page_by_value, *similarities, found, direction, after, limit)
    listed = await _whole(session, finder.scope, keys)
    return [replace(each, similarity=each.key.value) for each in listed]


def page_by_value(
    numbers: Numbers,
    values: NDArray[np.float32],
    among: Numbers | None,
    direction: Direction,
    after: Key | None,
    limit: int,
) -> list[Key]:
    """Return the keys of at most `limit` of the rows beyond `after`, sorted by value and then number.

    `numbers` and `values` are (n,); with `among` only rows with these numbers count. Values are rounded, so that a page
    follows the one before it though another machine adds up in another order.
    """
    sign = -1 if direction == "desc" else 1
    first, second = sign * np.round(values.astype(np.float64), DECIMALS), sign * numbers
    wanted = np.ones(len(numbers), np.bool_) if among is None else np.isin(numbers, among)
    if after is not None:
        value, number = sign * after.value, sign * after.number
        wanted &= (first > value) | ((first == value) & (second > number))
    places = np.flatnonzero(wanted)
    if len(places) > limit:
        last = np.partition(first[places], limit - 1)[limit - 1]
        places = places[first[places] <= last]
    places = places[np.lexsort((second[places], first[places]))][:limit]
    return [Key(float(sign * first[place]) + 0.0, int(numbers[place])) for place in places]


async def get(session: AsyncSession, scope: Scope, number: int) -> Listed:
    """Return the row; raises NotFoundError."""
    found = await _whole(session, scope, [Key(float(number), number)])
    if not found:
        raise NotFoundError(f"The project has no row {number}.")
    return found[0]


async def get_all(session: AsyncSession, scope: Scope, numbers: Sequence[int]) -> Sequence[Listed]:
    """Return the rows in this order, without those that there are not."""
    return await _whole(session, scope, [Key(float(number), number) for number in numbers])


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


async def _numbers(session: AsyncSession, finder: Finder) -> Numbers:
    """Return the numbers of all rows that are found, as one value: a row for each would take ten times as long."""
    found = (await session.execute(finder.select(func.array_agg(col(Row.number))))).scalar_one()
    return np.array(found or [], np.int64)


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
