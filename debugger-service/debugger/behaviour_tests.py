"""Behavioural tests: which rows they are about, and what was found so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.orm import defer
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger.filters.finding import Finder
from debugger.metrics.intervals import Interval, wilson
from debugger.tables import BehaviourTest, Row
from shared.refusals import InvalidRequestError, NotFoundError

SEED: Final = 0
MAX_FLIPS: Final = 200
"""So many of the worst flips are kept of a test."""
ANY: Final = "any"
"""In place of a perturbation: whether a row flips by at least one."""

Counts = tuple[int, int, int, int]
"""Rows that something could be changed in, those that flip, the changed texts, and those that flip."""
Tallies = Mapping[str, Mapping[str, Sequence[int]]]
"""By the class that is answered for the row itself, and by perturbation, the four `Counts`."""


@dataclass(frozen=True)
class Found:
    """What some rows of a test came to."""

    rows: int
    """Those that the model answered about."""

    tallies: Tallies
    flips: Sequence[Mapping[str, Any]]
    """Each as it is stored: number, perturbation, variant, change, before, after and the confidences of both."""


@dataclass(frozen=True)
class Rate:
    """How often one perturbation, or any, flips answers."""

    perturbation: str
    rows: int
    flipped: int
    variants: int
    flipped_variants: int
    rate: Interval
    """Of rows, for the variants of one are not independent of each other."""


async def sample(session: AsyncSession, finder: Finder, count: int) -> list[int]:
    """Return the numbers of at most `count` rows, of each class as many where it has them, always the same ones.

    Raises InvalidRequestError where the filter finds none.
    """
    drawn = func.hashint4extended(col(Row.number), cast(SEED, BigInteger))
    place = func.row_number().over(partition_by=col(Row.label), order_by=(drawn, col(Row.number)))
    found = (
        finder.select(col(Row.number), drawn.label("drawn"), place.label("place"))
        .where(col(Row.status) != "dropped")
        .subquery()
    )
    query = select(found.c.number).order_by(found.c.place, found.c.drawn, found.c.number).limit(count)
    numbers = list((await session.execute(query)).scalars().all())
    if not numbers:
        raise InvalidRequestError("The filter finds no rows to test: ask for others.")
    return numbers


async def get(session: AsyncSession, project_id: UUID, test_id: UUID) -> BehaviourTest:
    """Return the test; raises NotFoundError."""
    test = await session.get(BehaviourTest, test_id)
    if test is None or test.project_id != project_id:
        raise NotFoundError(f"The project has no behavioural test with the id {test_id}.")
    return test


async def list_tests(
    session: AsyncSession, project_id: UUID, before: UUID | None, limit: int
) -> Sequence[BehaviourTest]:
    """Return at most `limit` tests without their flips, the newest first."""
    query = select(BehaviourTest).where(col(BehaviourTest.project_id) == project_id)
    if before is not None:
        query = query.where(col(BehaviourTest.id) < before)
    query = query.options(defer(BehaviourTest.flips)).order_by(col(BehaviourTest.id).desc())  # type: ignore[arg-type]
    return (await session.execute(query.limit(limit))).scalars().all()


async def add(test_id: UUID, found: Found, session: AsyncSession, *, is_last: bool) -> None:
    """Add what some rows came to; raises NotFoundError."""
    test = await session.get(BehaviourTest, test_id)
    if test is None:
        raise NotFoundError("The project was deleted.")
    test.answered += found.rows
    test.tallies = added(test.tallies, found.tallies)
    test.flips = sorted([*test.flips, *map(dict, found.flips)], key=_worst_first)[:MAX_FLIPS]
    if is_last:
        test.finished_at = datetime.now(UTC)
    session.add(test)


async def texts_of(session: AsyncSession, project_id: UUID, numbers: Sequence[int]) -> dict[int, str]:
    """Return the texts of rows, by their numbers in order."""
    query = select(col(Row.number), col(Row.text)).where(
        col(Row.project_id) == project_id, col(Row.number).in_(numbers)
    )
    return {row.number: row.text for row in await session.execute(query.order_by(col(Row.number)))}


def added(one: Tallies, other: Tallies) -> dict[str, dict[str, list[int]]]:
    """Return the sums of both."""
    return {
        label: {
            name: [
                before + more
                for before, more in zip(one.get(label, {}).get(name, _NONE), other.get(label, {}).get(name, _NONE))
            ]
            for name in dict.fromkeys([*one.get(label, {}), *other.get(label, {})])
        }
        for label in dict.fromkeys([*one, *other])
    }


def rates(tallies: Tallies, names: Sequence[str]) -> tuple[list[Rate], dict[str, list[Rate]]]:
    """Return how often any and each of the named perturbations flips answers: over all, and by class, sorted."""
    total: dict[str, list[int]] = {}
    for of_class in tallies.values():
        total = added({"": total}, {"": of_class})[""]
    return _rates(total, names), {label: _rates(tallies[label], names) for label in sorted(tallies)}


_NONE: Final = (0, 0, 0, 0)


def _rates(counts: Mapping[str, Sequence[int]], names: Sequence[str]) -> list[Rate]:
    found = [(name, counts.get(name, _NONE)) for name in (ANY, *names)]
    return [
        Rate(name, rows, flipped, variants, flipped_variants, wilson(flipped, rows))
        for name, (rows, flipped, variants, flipped_variants) in found
    ]


def _worst_first(flip: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return by what flips are sorted: those where the model is surest before and after come first."""
    sureness = min(flip["confidence_before"], flip["confidence_after"])
    return -sureness, flip["number"], flip["perturbation"], flip["variant"]
