"""Which images have to be looked at again."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    column,
    func,
)
from sqlalchemy.orm import Mapped
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog import synonyms
from catalog.conditions import Index
from catalog.synonyms import Synonyms
from catalog.tables import Coverage, DatasetImage, Image, Label, LabelSchemaVersion, Tag
from catalog.walks import NEAR, Ids, looked_up, side_by_side

FIRST: Final = 100
"""How many images are looked at before `NEAR` of them."""

_FIRST_ID: Final = UUID(int=0)

Missing = Mapping[int, Collection[UUID]]
"""The tags that each coverage misses; an image of any other coverage is finished."""
_LookedFor = tuple[int | None, Sequence[UUID] | None]
"""A coverage and its tags."""


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
    wanted = await synonyms.of_tags(session, version.tag_ids)
    label_schema_id = None if dataset_id else version.label_schema_id
    after = after or _FIRST_ID
    found: list[Unfinished] = []
    for count in (FIRST, NEAR) if dataset_id else (FIRST,):  # one label schema's coverages are quickly gone along
        ahead = await _next_images(session, label_schema_id, dataset_id, after, count)
        missing = _missing(wanted, ((coverage_id, tag_ids) for coverage_id, tag_ids, _ in ahead))
        candidates = sorted(chain.from_iterable(ids for coverage_id, _, ids in ahead if coverage_id in missing))
        while candidates and len(found) < limit:
            several, candidates = candidates[:limit], candidates[limit:]
            found += await _unfinished(session, missing, wanted, several)
        image_ids = [image_id for *_, ids in ahead for image_id in ids]
        if len(found) >= limit or len(image_ids) < count:
            return found[:limit]
        after = max(image_ids)
    missing = _missing(wanted, await _coverages(session, label_schema_id))
    if not missing:
        return found
    far = await _far(session, missing, dataset_id, after, limit - len(found))
    return [*found, *await _unfinished(session, missing, wanted, far)]


async def _next_images(
    session: AsyncSession, label_schema_id: UUID | None, dataset_id: UUID | None, after: UUID, count: int
) -> Sequence[tuple[int, Sequence[UUID] | None, Sequence[UUID]]]:
    """Return the next `count` images of the dataset, or of all, by the coverages that they have.

    Each coverage comes with its tags, None if it is of another label schema, and with the ids of its images.
    """
    parameters = {"label_schema_id": label_schema_id, "dataset_id": dataset_id, "after": after, "count": count}
    query = _next_query(in_dataset=dataset_id is not None)
    return (await session.execute(query, parameters)).all()


@cache
def _next_query(*, in_dataset: bool) -> Select[Any]:
    if in_dataset:
        dataset_id = bindparam("dataset_id", type_=Uuid)
        index = Index(col(DatasetImage.image_id), col(DatasetImage.dataset_id), dataset_id)
    else:
        index = Index(col(Image.id))
    walk = index.walk(newest_first=False).where(index.ids > bindparam("after", type_=Uuid))
    ahead = walk.limit(bindparam("count", type_=Integer)).subquery("ahead")
    # As look-ups for each: as joins they could go along all images to find those of the dataset.
    coverage_id = select(Image.coverage_id).where(col(Image.id) == ahead.c.id).scalar_subquery()
    covered = select(ahead.c.id, coverage_id.label("coverage_id")).offset(0).subquery("covered")
    shared = select(covered.c.coverage_id, func.array_agg(covered.c.id).label("ids")).group_by(covered.c.coverage_id)
    each = shared.subquery("each")
    tag_ids = select(Coverage.tag_ids).where(col(Coverage.id) == each.c.coverage_id)
    if not in_dataset:
        tag_ids = tag_ids.where(col(Coverage.label_schema_id) == bindparam("label_schema_id", type_=Uuid))
    return select(each.c.coverage_id, tag_ids.scalar_subquery(), each.c.ids)


async def _coverages(session: AsyncSession, label_schema_id: UUID | None) -> Sequence[_LookedFor]:
    """Return the coverages of the label schema, or all, with their tags."""
    query = select(col(Coverage.id), col(Coverage.tag_ids))
    if label_schema_id is not None:
        query = query.where(col(Coverage.label_schema_id) == label_schema_id)
    return (await session.exec(query)).all()


def _missing(wanted: Synonyms, looked_for: Iterable[_LookedFor]) -> Missing:
    """Return which of the coverages lack what the tags are now, and which of it."""
    everything = frozenset(wanted.tags)
    lacking = {
        coverage_id: everything.difference(wanted.roots[tag_id] for tag_id in tag_ids if tag_id in wanted.roots)
        for coverage_id, tag_ids in looked_for
        if coverage_id is not None and tag_ids is not None
    }
    return {coverage_id: tag_ids for coverage_id, tag_ids in lacking.items() if tag_ids}


async def _unfinished(
    session: AsyncSession, missing: Missing, wanted: Synonyms, image_ids: Collection[UUID]
) -> list[Unfinished]:
    """Return those of the images that have not all the tags that their coverages miss, in the order of ids."""
    parameters = {"wanted": list(wanted.tags), "image_ids": image_ids}
    found: list[Unfinished] = []
    for image, present in await session.exec(_WITH_WANTED, params=parameters):
        lacking = set(missing[image.coverage_id]).difference(present)
        if lacking:
            found.append(Unfinished(image, {tag_id: wanted.tags[tag_id] for tag_id in lacking}))
    return found


_IS_WANTED: Final = col(Label.tag_id) == any_(bindparam("wanted", type_=ARRAY(Uuid)))
_PRESENT: Final = select(Label.tag_id).where(col(Label.image_id) == col(Image.id), _IS_WANTED).scalar_subquery()
_WITH_WANTED: Final = (
    select(Image, func.array(_PRESENT))
    .where(col(Image.id) == any_(bindparam("image_ids", type_=ARRAY(Uuid))))
    .order_by(col(Image.id))
)


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
