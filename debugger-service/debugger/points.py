"""The rows of an analysis as points of its map, with a colour each."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from anyio import to_thread
from cachetools import LRUCache
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, LargeBinary, Select, and_, func, literal_column
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import REAL
from sqlalchemy.orm import Mapped
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger.arrays import MAP, Arrays
from debugger.exports import map_file
from debugger.filters.compiling import compile_filter
from debugger.filters.fields import FIELDS, ISSUE, Scope
from debugger.filters.finding import Finder
from debugger.issues import KINDS
from debugger.maps import NUMBERS, refuse_if_running
from debugger.projects import State
from debugger.tables import Analysis, FoundIssue, Project, Row
from shared.refusals import InvalidRequestError, NotFoundError

CATEGORIES: Final = ("label", "given", "prediction", "served", "split", "status", "decision")
SCORES: Final = ("confidence", "served.confidence", "score", "length", "version")
COLORS: Final = (*CATEGORIES, *SCORES, *(f"{ISSUE}.{kind.name}" for kind in KINDS))
NO_NAME: Final = 65_535
"""The colour of a row that has no value, or one beyond as many as there are numbers for."""

MAX_KEPT_BYTES: Final = 64 << 20
_ELEMENT_START: Final = 20
"""Bytes of a binary array of PostgreSQL before its elements."""

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Colors:
    """By what all rows of an analysis are coloured."""

    values: NDArray[Any]
    """(n,) indices into `names`, or scores with NaN for none."""

    names: tuple[str, ...] | None

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return int(self.values.nbytes) + sum(map(len, self.names or ()))

    def describe(self, field: str) -> dict[str, Any]:
        """Return what the colours of the field mean."""
        if self.names is not None:
            return {"field": field, "names": self.names}
        known = self.values[np.isfinite(self.values)]
        low, high = (float(known.min()), float(known.max())) if known.size else (None, None)
        return {"field": field, "low": low, "high": high}


@dataclass(frozen=True)
class View:
    """Which rows of the project's newest analysis are wanted, and by what they are coloured."""

    project: Project
    analysis: Analysis
    finder: Finder
    color: str
    state: State


class Points:
    """Reads points; colours are kept in memory as long as the data are the same."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._kept: LRUCache[tuple[State, str], Colors] = LRUCache(MAX_KEPT_BYTES, getsizeof=lambda kept: kept.size)

    async def encode(self, session: AsyncSession, view: View) -> bytes:
        """Return the rows that are wanted and on the map, in `map_file`'s form.

        Raises ConflictError while the map is being made, NotFoundError where none is, and InvalidRequestError for a
        colour that is none of `COLORS`.
        """
        if view.color not in COLORS:
            raise InvalidRequestError(f"Points cannot be coloured by {view.color!r}, but by {', '.join(COLORS)}.")
        positions = await self._positions(session, view.analysis)
        numbers = await self._arrays.get(session, view.analysis.id, NUMBERS)
        colors = await self._colors(session, view, numbers)
        found = None if view.finder.tree is None else await _numbers(session, view.finder)
        return await to_thread.run_sync(_encode, view, numbers, positions, colors, found)

    async def _positions(self, session: AsyncSession, analysis: Analysis) -> NDArray[np.float32]:
        try:
            return await self._arrays.get(session, analysis.id, MAP)
        except NotFoundError:
            await refuse_if_running(session, analysis.project_id)
            raise NotFoundError("The newest analysis has no map: POST …/maps has one made.") from None

    async def _colors(self, session: AsyncSession, view: View, numbers: Integers) -> Colors:
        key = (view.state, view.color)
        if key not in self._kept:
            scope = view.finder.scope
            read = _categories if view.color in CATEGORIES else _scores
            colors = await read(session, scope, view.color, numbers)
            if colors.size > MAX_KEPT_BYTES:
                return colors
            self._kept[key] = colors
        return self._kept[key]


async def _numbers(session: AsyncSession, finder: Finder) -> NDArray[Any]:
    await finder.plan(session)
    data = (await session.execute(finder.select(_packed(col(Row.number))))).scalar_one()
    return _unpacked(data, ">i4")


async def _categories(session: AsyncSession, scope: Scope, field: str, numbers: Integers) -> Colors:
    """Read the rows of each value at once: far faster than to read one row after the other."""
    value = FIELDS[field].expression
    grouped = _all(scope).select(value, _packed(col(Row.number))).where(value.is_not(None)).group_by(value)
    groups = sorted((await session.execute(grouped)).all(), key=lambda group: str(group[0]))[:NO_NAME]
    values = np.full(len(numbers), NO_NAME, np.uint16)
    for index, (_, data) in enumerate(groups):
        places, _ = _places(numbers, _unpacked(data, ">i4"))
        values[places] = index
    return Colors(values, tuple(name for name, _ in groups))


async def _scores(session: AsyncSession, scope: Scope, field: str, numbers: Integers) -> Colors:
    start, _, kind = field.partition(".")
    query = _issue_scores(scope, kind) if start == ISSUE else _numeric(scope, FIELDS[field].expression)
    found, scores = (await session.execute(query)).one()
    values = np.full(len(numbers), np.nan, np.float32)
    places, is_there = _places(numbers, _unpacked(found, ">i4"))
    values[places] = _unpacked(scores, ">f4")[is_there]
    return Colors(values, None)


def _issue_scores(scope: Scope, kind: str) -> Select[Any]:
    mine = (col(FoundIssue.analysis_id) == scope.analysis_id, col(FoundIssue.kind) == kind)
    same = and_(col(FoundIssue.number) == col(Row.number), *mine)
    return _all(scope).select(_packed(col(Row.number)), _packed(col(FoundIssue.score))).join(FoundIssue, same)


def _numeric(scope: Scope, value: ColumnElement[Any]) -> Select[Any]:
    score = func.coalesce(sql_cast(value, REAL), literal_column("'NaN'::real"))
    return _all(scope).select(_packed(col(Row.number)), _packed(score))


def _all(scope: Scope) -> Finder:
    return Finder(scope, compile_filter(None, scope, {}), None)


def _packed(value: ColumnElement[Any] | Mapped[Any]) -> ColumnElement[bytes]:
    """Return the SQL of all values in one binary one."""
    return func.array_send(func.array_agg(value), type_=LargeBinary)


def _unpacked(data: bytes | None, kind: str) -> NDArray[Any]:
    """Return the elements of `_packed`, each of which comes after its length."""
    if data is None:
        return np.zeros(0, kind)
    element = np.dtype([("length", ">i4"), ("value", kind)])
    values: NDArray[Any] = np.frombuffer(data, element, offset=_ELEMENT_START)["value"]
    return values


def _places(numbers: Integers, found: NDArray[Any]) -> tuple[Integers, NDArray[np.bool_]]:
    """Return where in the ascending `numbers` those are that were found, and which of these are there."""
    places = np.searchsorted(numbers, found.astype(np.int64))
    is_there = places < len(numbers)
    is_there[is_there] = numbers[places[is_there]] == found[is_there]
    return places[is_there], is_there


def _encode(
    view: View, numbers: Integers, positions: NDArray[np.float32], colors: Colors, found: NDArray[Any] | None
) -> bytes:
    shown: Any = slice(None)
    wanted = view.project.row_count
    if found is not None:
        shown, wanted = np.sort(_places(numbers, found)[0]), len(found)
    columns = {
        "number": numbers[shown].astype(np.int32),
        "x": positions[shown, 0],
        "y": positions[shown, 1],
        "color": colors.values[shown],
    }
    points = len(columns["number"])
    header = {
        "analysis": str(view.analysis.id),
        "analysed_version": view.analysis.version,
        "version": view.project.version,
        "points": points,
        "left_out": wanted - points,
        "color": colors.describe(view.color),
    }
    return map_file.encode(header, columns)
