"""How many rows a filter finds, and how many of them have which value."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, tuple_
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger.filters.fields import OutOfSample
from debugger.filters.finding import Finder
from debugger.tables import Row

FACETS: Final[dict[str, Any]] = {
    "split": col(Row.split),
    "label": col(Row.label),
    "status": col(Row.status),
    "decision": col(Row.decision),
    "prediction": col(OutOfSample.label),
}


@dataclass(frozen=True)
class Counted:
    """Rows in all, and of each of `FACETS` how many have which value, the most frequent first."""

    rows: int
    facets: dict[str, list[tuple[str | None, int]]]


async def count(session: AsyncSession, finder: Finder, values: int) -> Counted:
    """Count the rows that are found, and of each facet at most so many values; in one pass over the rows."""
    expressions = list(FACETS.values())
    sets = func.grouping_sets(*(tuple_(each) for each in expressions), tuple_())
    query = finder.select(func.grouping(*expressions), func.count(), *expressions).group_by(sets)
    rows, facets = 0, dict[str, list[tuple[str | None, int]]]({name: [] for name in FACETS})
    for grouping, number, *found in await session.execute(query):
        # A bit of `grouping` is set for each facet that this group is not by, the first facet's being the highest.
        place = next((place for place in range(len(found)) if not grouping >> (len(found) - 1 - place) & 1), None)
        if place is None:
            rows = int(number)
        else:
            facets[list(FACETS)[place]].append((found[place], int(number)))
    return Counted(rows, {name: _most(counted, values) for name, counted in facets.items()})


def _most(counted: list[tuple[str | None, int]], values: int) -> list[tuple[str | None, int]]:
    return sorted(counted, key=lambda each: (-each[1], each[0] is None, each[0] or ""))[:values]
