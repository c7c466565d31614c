"""Which images fulfil all of several conditions, in the order of their ids, page by page.

Each condition has an index in which the images are in the order of their ids, so that the database walks along one of
them from where the page before ended, looks each image up in the others, and stops when the page is full or it has
looked at its share.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog import synonyms, walks
from catalog.conditions import Asked, Conditions
from catalog.synonyms import Synonyms
from catalog.tables import Dataset, Image
from catalog.windows import LOOK_UPS, Bounds, Reach, end_of_coverages, parts_of, reaches
from catalog.words import words_of
from shared.refusals import NotFoundError

_LOOK_UP: Final = text("""
    SELECT set_config('enable_mergejoin', 'off', true), set_config('enable_hashjoin', 'off', true),
        set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
        set_config('enable_sort', 'off', true), set_config('max_parallel_workers_per_gather', '0', true)
""")
"""Lets the database, to the end of the transaction, walk along an index that is in the order asked for and look up in
the others, whatever it expects of that. Nor does it start processes of its own, which takes longer than a page."""


@dataclass(frozen=True)
class Found:
    """Images in order, and the id up to which was looked: None where there is nothing behind it."""

    images: Sequence[Image]
    end: UUID | None


async def search(
    session: AsyncSession,
    conditions: Conditions,
    after: UUID | None,
    limit: int,
    *,
    newest_first: bool = False,
    look_ups: int = LOOK_UPS,
) -> Found:
    """Return the next of the images that fulfil the conditions behind the id `after`, at most `limit`.

    Where several conditions have to meet, they may be fewer, or none, though more follow: it looks images up `look_ups`
    times or a little more, and enough of them for `limit`. Raises NotFoundError for a tag or dataset that does not
    exist, and for a text without a word.
    """
    asked = await _asked(session, conditions, newest_first=newest_first)
    await session.execute(_LOOK_UP)
    found = await _page(session, asked, after, limit, look_ups)
    if not found.images:  # where there are any, the dataset exists
        await _check_dataset(session, conditions)
    return found


async def ids_of(
    session: AsyncSession, conditions: Conditions, after: UUID | None, limit: int | None, *, newest_first: bool = False
) -> Select[tuple[UUID]]:
    """Return the query of the ids, in order, for those who want them all; `search` finds a page faster."""
    await _check_dataset(session, conditions)
    return (await _asked(session, conditions, newest_first=newest_first)).all(after).limit(limit)


async def _page(session: AsyncSession, asked: Asked, after: UUID | None, limit: int, look_ups: int) -> Found:
    if not asked.look_ups:
        return await _along(session, asked, Reach(0, None), after, limit)
    count = max(look_ups // asked.look_ups, limit)
    if not asked.synonyms:
        (reach,), _ = await reaches(session, asked, after, [count])
        return await _along(session, asked, reach, after, limit)
    # Nobody knows how many images were looked at for a tag: all that come next, or the first after a million. So few of
    # the next ones are looked at first, and only then it is found out where others can be.
    few = min(walks.NEAR, count)
    (near, far), last = await reaches(session, asked, after, [few, few + count])
    found = await _along(session, asked, near, after, limit)
    if found.end is None or len(found.images) == limit:
        return found
    more = await _further(session, asked, far, found.end, last, count, limit - len(found.images))
    return Found([*found.images, *more.images], more.end)


async def _along(session: AsyncSession, asked: Asked, reach: Reach, after: UUID | None, limit: int) -> Found:
    return await _walk(session, asked, asked.along(reach.place, after, reach.end).limit(limit), reach.end, limit)


async def _further(
    session: AsyncSession, asked: Asked, reach: Reach, after: UUID, last: UUID, count: int, limit: int
) -> Found:
    """Look along the index of `reach`, or along that of coverages if that leads further."""
    parts = None if reach.end is None else await parts_of(session, asked)
    if reach.end is None or parts is None:
        return await _along(session, asked, reach, after, limit)
    if not parts:
        return Found((), None)
    end = await end_of_coverages(session, asked, parts, Bounds(after, reach.end, last), count)
    if end == reach.end:
        return await _along(session, asked, reach, after, limit)
    return await _walk(session, asked, asked.along_coverages(parts, after, end, limit), end, limit)


async def _walk(session: AsyncSession, asked: Asked, ids: Select[Any], end: UUID | None, limit: int) -> Found:
    page = ids.subquery()
    found = (await session.exec(select(Image).join(page, page.c.id == Image.id))).all()
    images = sorted(found, key=lambda image: image.id, reverse=asked.newest_first)
    return Found(images, images[-1].id if len(images) == limit else end)


async def _asked(session: AsyncSession, conditions: Conditions, *, newest_first: bool) -> Asked:
    if conditions.text is not None and not words_of(conditions.text):
        raise NotFoundError(f"No name has a word of {conditions.text}: there is no letter or digit in it.")
    names = (conditions.absent, conditions.unknown, conditions.present)
    known = await synonyms.of_names(session, [*chain.from_iterable(names)]) if any(names) else Synonyms([])
    absent, unknown, present = ([*dict.fromkeys(known.named(part))] for part in names)
    same = {tag_id: known.of(tag_id) for tag_id in (*absent, *unknown)}
    return Asked(conditions, present, absent, unknown, same, newest_first=newest_first)


async def _check_dataset(session: AsyncSession, conditions: Conditions) -> None:
    dataset_id = conditions.dataset_id
    if dataset_id is not None and await session.get(Dataset, dataset_id) is None:
        raise NotFoundError(f"No dataset has the id {dataset_id}.")
