"""Which images have to be looked at again."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, FromClause, Integer, Select, Text, Uuid, cast, column, func, literal
from sqlalchemy.orm import Mapped
from sqlmodel import col, select

from catalog.tables import DatasetImage, Image, Label
from catalog.walks import Ids, looked_up, next_of, side_by_side

Missing = Mapping[int, Collection[UUID]]
"""The tags that each coverage misses; an image of any other coverage is finished."""


def nearby(dataset_id: UUID | None, after: UUID | None) -> Select[Any]:
    """Return the query of the ids of all images of the dataset, or of all there are, behind `after` and in order."""
    ids = col(Image.id) if dataset_id is None else col(DatasetImage.image_id)
    query: Select[Any] = select(ids.label("id")).order_by(ids)
    if dataset_id is not None:
        query = query.where(col(DatasetImage.dataset_id) == dataset_id)
    return query if after is None else query.where(ids > after)


def coverages_of(images: Select[Any]) -> Select[Any]:
    """Return the query of the coverages that the next ones of `images` have."""
    return select(_with_coverage(images).c.coverage_id).distinct()


def near(missing: Missing, images: Select[Any]) -> Ids:
    """Return the query of the ids of those of the next ones of `images` that have not all the tags that are missing."""
    gaps, image = _gaps(missing), _with_coverage(images)
    query = select(image.c.id).join(gaps, gaps.c.id == image.c.coverage_id)
    return query.where(_lacks_one(gaps, image.c.id)).order_by(image.c.id)


def far(missing: Missing, dataset_id: UUID | None, after: ColumnElement[UUID], limit: int) -> Ids:
    """Return the query of the first `limit` ids of such images behind `after`, over the coverages that miss tags."""
    image_id = col(Image.id)
    query = select(Image.id).where(image_id > after).order_by(image_id)
    if dataset_id is not None:
        member = select(DatasetImage.image_id).where(col(DatasetImage.image_id) == image_id)
        query = query.where(looked_up(member.where(DatasetImage.dataset_id == dataset_id)))
    return side_by_side(
        _gaps(missing), lambda gap: query.where(col(Image.coverage_id) == gap.c.id, _lacks_one(gap, image_id)), limit
    )


def _with_coverage(images: Select[Any]) -> FromClause:
    ahead = next_of(images)
    coverage = select(Image.coverage_id).where(col(Image.id) == ahead.c.id).scalar_subquery()
    return select(ahead.c.id, coverage.label("coverage_id")).offset(0).subquery("image")


def _gaps(missing: Missing) -> FromClause:
    """Return `missing` as a table. Many coverages miss the same, which is said once.

    PostgreSQL has no arrays of arrays of different lengths, so each is a text first.
    """
    numbers = {tag_ids: number for number, tag_ids in enumerate({frozenset(found) for found in missing.values()}, 1)}
    texts = ["{" + ",".join(map(str, tag_ids)) + "}" for tag_ids in numbers]
    each = func.unnest(literal(texts, ARRAY(Text))).table_valued(column("tag_ids", Text), with_ordinality="number")
    each = each.render_derived("each")
    sets = select(each.c.number, cast(each.c.tag_ids, ARRAY(Uuid)).label("tag_ids")).offset(0).subquery("sets")
    used = [numbers[frozenset(found)] for found in missing.values()]
    rows = (
        func.unnest(literal(list(missing), ARRAY(Integer)), literal(used, ARRAY(Integer)))
        .table_valued(column("id", Integer), column("number", Integer))
        .render_derived("missing")
    )
    return select(rows.c.id, sets.c.tag_ids).join(sets, sets.c.number == rows.c.number).cte("gap")


def _lacks_one(gap: FromClause, image_id: ColumnElement[UUID] | Mapped[UUID]) -> ColumnElement[bool]:
    wanted = func.unnest(gap.c.tag_ids).table_valued(column("id", Uuid)).render_derived("wanted")
    has_it = select(Label.tag_id).where(col(Label.image_id) == image_id, col(Label.tag_id) == wanted.c.id)
    lacks_it = select(wanted.c.id).where(~looked_up(has_it.correlate_except(Label)))
    return looked_up(lacks_it.correlate_except(wanted))
