"""Which images have to be looked at again."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Integer,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    column,
    func,
    literal,
)
from sqlalchemy.orm import Mapped
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog import tags
from catalog.conditions import Index
from catalog.tables import Coverage, DatasetImage, Image, Label, LabelSchemaVersion, Tag
from catalog.walks import NEAR, Ids, looked_up, side_by_side

FIRST: Final = 100
"""How many images are looked at before `NEAR` of them."""

Missing = Mapping[int, Collection[UUID]]
"""The tags that each coverage misses; an image of any other coverage is finished."""


@dataclass(frozen=True)
class Unfinished:
    """An image and the tags, by their ids, that nobody has looked for on it."""

    image: Image
    missing: Mapping[UUID, Tag]


async def unfinished(
    session: AsyncSession, version: LabelSchemaVersion, dataset_id: UUID | None, after: UUID | None, limit: int
) -> list[Unfinished]:
    """Return at most `limit` images that a tag of `version` was not looked for on, in the order of ids.

    They are those last labeled under its label schema, or with a dataset all of it; and beyond the image `after`.
    """
    names = await tags.names_of(session, version.tag_ids)
    coverages = [] if dataset_id else [col(Coverage.label_schema_id) == version.label_schema_id]
    found: list[Unfinished] = []
    for count in (FIRST, NEAR) if dataset_id else (FIRST,):  # one label schema's coverages are quickly gone along
        ahead = await _next_images(session, dataset_id, after, count)
        here = col(Coverage.id) == any_(literal(list(set(ahead.values())), ARRAY(Integer)))
        missing = await _missing(session, names, [*coverages, here])
        candidates = [image_id for image_id, coverage_id in ahead.items() if coverage_id in missing]
        while candidates and len(found) < limit:
            several, candidates = candidates[:limit], candidates[limit:]
            found += await _unfinished(session, missing, names, several)
        if len(found) >= limit or len(ahead) < count:
            return found[:limit]
        after = max(ahead)
    missing = await _missing(session, names, coverages)
    if not missing or after is None:
        return found
    far = await _far(session, missing, dataset_id, after, limit - len(found))
    return [*found, *await _unfinished(session, missing, names, far)]


async def _next_images(
    session: AsyncSession, dataset_id: UUID | None, after: UUID | None, count: int
) -> dict[UUID, int]:
    """Return the next `count` images of the dataset, or of all, in the order of their ids, and their coverages."""
    if dataset_id is None:
        index = Index(col(Image.id))
    else:
        index = Index(col(DatasetImage.image_id), col(DatasetImage.dataset_id), dataset_id)
    query = index.walk(newest_first=False)
    ahead = (query if after is None else query.where(index.ids > after)).limit(count).subquery("ahead")
    # As a look-up for each: as a join it could go along all images to find those of the dataset.
    coverage_id = select(Image.coverage_id).where(col(Image.id) == ahead.c.id).scalar_subquery()
    found = await session.execute(select(ahead.c.id, coverage_id).order_by(ahead.c.id))
    return {image: coverage for image, coverage in found}  # noqa: C416 rows are no pairs to a type checker


async def _missing(
    session: AsyncSession, names: Mapping[UUID, Tag], coverages: Iterable[ColumnElement[bool]]
) -> dict[int, frozenset[UUID]]:
    """Return which of the coverages lack what the tags in `names` are now, and which of it."""
    looked_for = (await session.exec(select(Coverage.id, Coverage.tag_ids).where(*coverages))).all()
    roots = {tag_id: tag.id for tag_id, tag in names.items()}
    others = {tag for _, tag_ids in looked_for for tag in tag_ids} - roots.keys()
    if others:
        roots |= await tags.resolve(session, others)
    wanted = frozenset(tag.id for tag in names.values())
    lacking = {
        coverage_id: wanted.difference(roots[tag] for tag in tag_ids)
        for coverage_id, tag_ids in looked_for
        if coverage_id is not None
    }
    return {coverage_id: tag_ids for coverage_id, tag_ids in lacking.items() if tag_ids}


async def _unfinished(
    session: AsyncSession, missing: Missing, names: Mapping[UUID, Tag], image_ids: Collection[UUID]
) -> list[Unfinished]:
    """Return those of the images that have not all the tags that their coverages miss, in the order of ids."""
    wanted = {tag.id: tag for tag in names.values()}
    asked = literal(list(wanted), ARRAY(Uuid))
    labels = select(Label.tag_id).where(col(Label.image_id) == col(Image.id), col(Label.tag_id) == any_(asked))
    query = select(Image, func.array(labels.scalar_subquery())).order_by(col(Image.id))
    found: list[Unfinished] = []
    for image, present in await session.exec(query.where(col(Image.id) == any_(literal(image_ids, ARRAY(Uuid))))):
        lacking = set(missing[image.coverage_id]).difference(present)
        if lacking:
            found.append(Unfinished(image, {tag_id: wanted[tag_id] for tag_id in lacking}))
    return found


async def _far(
    session: AsyncSession, missing: Missing, dataset_id: UUID | None, after: UUID, limit: int
) -> Sequence[UUID]:
    """Return the first `limit` ids of such images behind `after`, over the coverages that miss tags.

    Many coverages miss the same, which is said once. PostgreSQL has no arrays of arrays of different lengths, so each
    is a text first.
    """
    numbers = {tag_ids: number for number, tag_ids in enumerate({frozenset(found) for found in missing.values()}, 1)}
    parameters = {
        "coverage_ids": list(missing),
        "numbers": [numbers[frozenset(found)] for found in missing.values()],
        "sets": ["{" + ",".join(map(str, tag_ids)) + "}" for tag_ids in numbers],
        "after": after,
        "dataset_id": dataset_id,
        "limit": limit,
    }
    return (await session.execute(_far_query(in_dataset=dataset_id is not None), parameters)).scalars().all()


@cache
def _far_query(*, in_dataset: bool) -> Ids:
    image_id = col(Image.id)
    query = select(Image.id).where(image_id > bindparam("after", type_=Uuid)).order_by(image_id)
    if in_dataset:
        member = select(DatasetImage.image_id).where(col(DatasetImage.image_id) == image_id)
        query = query.where(
            looked_up(member.where(col(DatasetImage.dataset_id) == bindparam("dataset_id", type_=Uuid)))
        )
    return side_by_side(
        _gaps(),
        lambda gap: query.where(col(Image.coverage_id) == gap.c.id, _lacks_one(gap, image_id)),
        bindparam("limit", type_=Integer),
    )


def _gaps() -> FromClause:
    """Return what the coverages miss as a table."""
    texts = func.unnest(bindparam("sets", type_=ARRAY(Text)))
    each = texts.table_valued(column("tag_ids", Text), with_ordinality="number").render_derived("each")
    sets = select(each.c.number, cast(each.c.tag_ids, ARRAY(Uuid)).label("tag_ids")).offset(0).subquery("sets")
    ids, numbers = bindparam("coverage_ids", type_=ARRAY(Integer)), bindparam("numbers", type_=ARRAY(Integer))
    pairs = func.unnest(ids, numbers).table_valued(column("id", Integer), column("number", Integer))
    rows = pairs.render_derived("missing")
    return select(rows.c.id, sets.c.tag_ids).join(sets, sets.c.number == rows.c.number).cte("gap")


def _lacks_one(gap: FromClause, image_id: ColumnElement[UUID] | Mapped[UUID]) -> ColumnElement[bool]:
    wanted = func.unnest(gap.c.tag_ids).table_valued(column("id", Uuid)).render_derived("wanted")
    has_it = select(Label.tag_id).where(col(Label.image_id) == image_id, col(Label.tag_id) == wanted.c.id)
    lacks_it = select(wanted.c.id).where(~looked_up(has_it.correlate_except(Label)))
    return looked_up(lacks_it.correlate_except(wanted))
