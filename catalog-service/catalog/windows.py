"""How far one page looks: a window of ids in which one of the indexes has but few entries, along which it goes.

Images that fulfil several conditions may lie so far apart that the database would go through millions to fill a page.
So a page ends where the index that reaches the furthest has had its share of entries, however many were found by then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log2
from typing import Final
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from catalog import coverages
from catalog.conditions import Asked

LOOK_UPS: Final = 4000
"""How often a page looks an image up in an index: each takes 1 to 3 µs, so all take 4 to 12 ms of the 25 of a page."""
MOST_COVERAGES: Final = 1000
"""How many are gone along side by side: to begin with each takes 3 µs, several times a page."""
_FIRST_ID: Final = UUID(int=0)
_LAST_ID: Final = UUID(int=(1 << 128) - 1)


@dataclass(frozen=True)
class Bounds:
    """Where a window begins, how far it goes at least, and how far all images go."""

    after: UUID
    near: UUID
    last: UUID


@dataclass(frozen=True)
class Reach:
    """The place of an index, and up to where it is to be gone along; None where there is no need to stop."""

    place: int
    end: UUID | None


async def reaches(
    session: AsyncSession, asked: Asked, after: UUID | None, counts: Sequence[int]
) -> tuple[list[Reach], UUID]:
    """Return for each of `counts` which index leads the furthest behind `after` with so many of its entries.

    And the id at which all images end, as far as there are any.
    """
    *ends, last = (await session.execute(asked.ends(after, counts))).one()
    of_counts = (ends[start : start + len(asked.indexes)] for start in range(0, len(ends), len(asked.indexes)))
    return [_furthest(of_count, newest_first=asked.newest_first) for of_count in of_counts], last or _LAST_ID


async def end_of_coverages(
    session: AsyncSession, asked: Asked, parts: Sequence[int], bounds: Bounds, count: int
) -> UUID | None:
    """Return up to where the coverages `parts` have at most `count` images together, at least `bounds.near`.

    None where there is no need to stop. It cannot be read off an index, so ever further ends are tried: the one that
    is returned is at least half as far as it could be, or less where coverages are many and so fewer ends are tried.
    """
    ends = [*_ever_further(bounds, LOOK_UPS // 2 // len(parts)), _FIRST_ID if asked.newest_first else _LAST_ID]
    step = (await session.execute(asked.step_beyond(parts, [bounds.after, *ends], count))).scalar()
    return None if step is None else ends[max(step - 2, 0)]


async def parts_of(session: AsyncSession, asked: Asked) -> Sequence[int] | None:
    """Return the coverages that an image can have; None where there are too many to go along."""
    tag_ids = [tag_id for same in asked.synonyms.values() for tag_id in same]
    pairs = await coverages.containing(session, tag_ids, LOOK_UPS)
    everything = set[int]() if asked.absent else await coverages.everything(session, LOOK_UPS)
    if max(len(pairs), len(everything)) == LOOK_UPS:
        return None
    of_tag = {
        root: {coverage_id for tag_id, coverage_id in pairs if tag_id in same} for root, same in asked.synonyms.items()
    }
    absent, unknown = ([of_tag[tag_id] for tag_id in tag_ids] for tag_ids in (asked.absent, asked.unknown))
    found = (set.intersection(*absent) if absent else everything).difference(*unknown)
    return sorted(found) if len(found) <= MOST_COVERAGES else None


def _furthest(ends: Sequence[UUID | None], *, newest_first: bool) -> Reach:
    known = [end for end in ends if end is not None]
    end = (min if newest_first else max)(known) if len(known) == len(ends) else None
    return Reach(ends.index(end), end)


def _ever_further(bounds: Bounds, most: int) -> list[UUID]:
    """Return `near`, and at most `most` places from there to `last`, each twice as far from `after`, or more."""
    width = bounds.near.int - bounds.after.int
    times = max((bounds.last.int - bounds.after.int) / width, 1)
    steps = min(ceil(log2(times)), most)
    further = (UUID(int=bounds.after.int + int(width * times ** (step / steps))) for step in range(1, steps))
    return [bounds.near, *further]
