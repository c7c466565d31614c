"""Walks along the coverages' parts of an index, each in the order of ids, to the end of one page.

How many of the next images have one of the coverages is not known beforehand: all of them, or the first after a
million. Neither way to go about it is quick both times, so each is taken only as far as it is.
"""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Select, Uuid, func, literal, select, true

NEAR: Final = 500
"""How many images are looked at one by one."""
_FIRST: Final = literal(UUID(int=0), Uuid)
_LAST: Final = literal(UUID(int=(1 << 128) - 1), Uuid)

Ids = Select[tuple[UUID]]


def side_by_side(
    parts: FromClause,
    walk: Callable[[FromClause], Select[Any]],
    limit: int | ColumnElement[int],
    *,
    newest_first: bool = False,
) -> Ids:
    """Return the query of the first `limit` ids of all that `walk` goes along in any of `parts`.

    At first only one id of each part is looked for. The page is in the `limit` parts whose first ids come first, and
    none of it comes after these: so that it does not take `limit` ids of each part, where there are hundreds of parts.
    """
    head = walk(parts).limit(1).correlate(parts).lateral("head")
    heads = select(*parts.c, head.c.id.label("head")).select_from(parts).join(head, true())
    first = heads.order_by(_in_order(head.c.id, newest_first)).limit(limit).cte("first")
    last = select(first.c.head).order_by(_in_order(first.c.head, newest_first)).offset(limit - 1).scalar_subquery()
    query = walk(first)
    ids = query.selected_columns[0]
    if newest_first:
        query = query.where(ids <= first.c.head, ids >= func.coalesce(last, _FIRST))
    else:
        query = query.where(ids >= first.c.head, ids <= func.coalesce(last, _LAST))
    each = query.limit(limit).correlate(first).lateral("each")
    found = select(each.c.id).select_from(first).join(each, true())
    return found.order_by(_in_order(each.c.id, newest_first)).limit(limit)


def overflowing(
    steps: FromClause, parts: FromClause, walk: Callable[[FromClause, FromClause], Select[Any]], count: int
) -> Select[tuple[int]]:
    """Return the query of the `number` of the first of `steps` up to which `walk` finds more than `count` ids.

    It finds no row where all parts in all steps have no more, and goes along `count` ids, whatever there is beyond.
    """
    each = walk(parts, steps).offset(0).correlate(parts, steps).lateral("each")
    in_step = select(each.c.id).select_from(parts).join(each, true()).offset(0).correlate(steps).lateral("in_step")
    found = select(steps.c.number).select_from(steps).join(in_step, true())
    return found.order_by(steps.c.number).offset(count).limit(1)


def looked_up(query: Select[Any]) -> ColumnElement[bool]:
    """Return whether `query` finds anything, as a look-up for each row.

    With an OFFSET it stays one: as a join it could go along all images that have a tag to find the one that is asked.
    """
    return query.offset(0).exists()


def _in_order(ids: ColumnElement[UUID], newest_first: bool) -> ColumnElement[UUID]:
    return ids.desc() if newest_first else ids.asc()
