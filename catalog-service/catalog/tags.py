"""Tags: found by name without regard to case, renamed, and merged without losing a label."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, Uuid, any_, func, literal, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog import counters
from catalog.tables import Tag
from shared.database import allow_long_statements
from shared.names import key_of
from shared.refusals import ConflictError, NotFoundError
from shared.uniqueness import flush_name

_Asked: Final = aliased(Tag)
"""A tag that is asked for, beside the one that it is now."""


@dataclass(frozen=True)
class CountedTag:
    """A tag and how many images have it."""

    tag: Tag
    images: int


async def create(session: AsyncSession, name: str) -> Tag:
    """Create a tag; raises ConflictError if the name is taken."""
    tag = Tag(name=name, key=key_of(name))
    session.add(tag)
    await flush_name(session, _taken(name))
    return tag


async def get(session: AsyncSession, tag_id: UUID) -> CountedTag:
    """Return the tag, or the one that it was merged into; raises NotFoundError."""
    tag = await session.get(Tag, tag_id)
    if tag is not None and tag.merged_into is not None:
        tag = await session.get(Tag, tag.merged_into)
    if tag is None:
        raise NotFoundError(f"No tag has the id {tag_id}.")
    images = (await session.exec(select(counters.count_of(col(Tag.id))).where(Tag.id == tag.id))).one()
    return CountedTag(tag, int(images))


async def list_tags(session: AsyncSession, prefix: str, after: str | None, limit: int) -> list[CountedTag]:
    """Return at most `limit` tags whose names begin with `prefix`, in the order of their names.

    They are those beyond the one with the key `after`.
    """
    query = select(Tag, counters.count_of(col(Tag.id))).where(col(Tag.merged_into).is_(None))
    if prefix:
        query = query.where(col(Tag.key).startswith(key_of(prefix), autoescape=True))
    if after:
        query = query.where(col(Tag.key) > after)
    found = await session.exec(query.order_by(col(Tag.key)).limit(limit))
    return [CountedTag(tag, int(images)) for tag, images in found]


async def rename(session: AsyncSession, tag_id: UUID, name: str) -> CountedTag:
    """Give the tag another name; raises NotFoundError, or ConflictError if the name is taken or the tag was merged."""
    tag = (await session.exec(select(Tag).where(Tag.id == tag_id).with_for_update())).first()
    if tag is None:
        raise NotFoundError(f"No tag has the id {tag_id}.")
    if tag.merged_into is not None:
        raise ConflictError(f"The tag {tag.name} has been merged into another, whose name it goes by.")
    tag.name, tag.key = name, key_of(name)
    await flush_name(session, _taken(name))
    return await get(session, tag_id)


async def merge(session: AsyncSession, source_id: UUID, target_id: UUID) -> CountedTag:
    """Make `source` a synonym of `target`: every image that has the one has the other, and the name leads there.

    No labeling is changed: what was said of the one was said of the other. Raises NotFoundError, or ConflictError
    for one and the same tag or one that has been merged before.
    """
    if source_id == target_id:
        raise ConflictError("A tag cannot be merged into itself.")
    pair = await session.exec(
        select(Tag)
        .where(col(Tag.id).in_([source_id, target_id]) | (col(Tag.merged_into) == source_id))
        .order_by(col(Tag.id))
        .with_for_update()
    )
    found = {tag.id: tag for tag in pair}
    for tag_id in (source_id, target_id):
        if tag_id not in found:
            raise NotFoundError(f"No tag has the id {tag_id}.")
        if found[tag_id].merged_into is not None:
            raise ConflictError(f"The tag {found[tag_id].name} has been merged into another already.")
    await session.execute(
        update(Tag)
        .where((col(Tag.id) == source_id) | (col(Tag.merged_into) == source_id))
        .values(merged_into=target_id)
    )
    await _move_labels(session, source_id, target_id)
    session.expire_all()
    return await get(session, target_id)


async def ensure(session: AsyncSession, names: Collection[str]) -> dict[str, UUID]:
    """Return the tag of each of `names`, under the name's key; those that are new are created."""
    by_key = {key_of(name): name for name in sorted(names, reverse=True)}
    known = await _by_keys(session, by_key)
    missing = sorted(by_key.keys() - known.keys())
    if missing:
        rows = [{"id": Tag(name="", key="").id, "name": by_key[key], "key": key} for key in missing]
        await session.execute(insert(Tag).on_conflict_do_nothing(index_elements=["key"]), rows)
        known |= await _by_keys(session, missing)
    return known


def pick(known: Mapping[str, UUID], names: Iterable[str]) -> frozenset[UUID]:
    """Return the tags of `names` among those that `ensure` returned."""
    return frozenset(known[key_of(name)] for name in names)


async def find(session: AsyncSession, names: Sequence[str]) -> list[UUID]:
    """Return the tags of `names`, in their order; raises NotFoundError."""
    known = await _by_keys(session, {key_of(name) for name in names})
    for name in names:
        if key_of(name) not in known:
            raise NotFoundError(f"No tag is called {name}.")
    return [known[key_of(name)] for name in names]


async def resolve(session: AsyncSession, tag_ids: Iterable[UUID], *, lock: bool = False) -> dict[UUID, UUID]:
    """Return for each tag the one that it is now, itself or the one it was merged into.

    With `lock` none of them can be merged before the transaction ends.
    """
    query = select(Tag.id, Tag.merged_into).where(_is_any(tag_ids, col(Tag.id))).order_by(col(Tag.id))
    found = await session.exec(query.with_for_update(read=True) if lock else query)
    return {tag_id: merged_into or tag_id for tag_id, merged_into in found}


async def names_of(session: AsyncSession, tag_ids: Iterable[UUID]) -> dict[UUID, Tag]:
    """Return for each tag the one that it is now."""
    root = col(Tag.id) == func.coalesce(_Asked.merged_into, _Asked.id)
    found = await session.exec(select(_Asked.id, Tag).join(Tag, root).where(_is_any(tag_ids, col(_Asked.id))))
    return dict(found.all())


def _is_any(tag_ids: Iterable[UUID], column: Mapped[UUID]) -> ColumnElement[bool]:
    # As one array: there can be more of them than a statement may have parameters.
    return column == any_(literal(list(set(tag_ids)), ARRAY(Uuid)))


async def _by_keys(session: AsyncSession, keys: Iterable[str]) -> dict[str, UUID]:
    query = select(Tag.key, Tag.id, Tag.merged_into).where(col(Tag.key) == any_(literal(list(keys), ARRAY(Text))))
    return {key: merged_into or tag_id for key, tag_id, merged_into in await session.exec(query)}


async def _move_labels(session: AsyncSession, source_id: UUID, target_id: UUID) -> None:
    await allow_long_statements(session)
    both = {"source": source_id, "target": target_id}
    removed, added = (
        await session.execute(
            text("""
                WITH removed AS (DELETE FROM labels WHERE tag_id = :source RETURNING image_id),
                added AS (
                    INSERT INTO labels (tag_id, image_id) SELECT :target, image_id FROM removed
                    ON CONFLICT DO NOTHING RETURNING 1
                )
                SELECT (SELECT count(*) FROM removed), (SELECT count(*) FROM added)
            """),
            both,
        )
    ).one()
    await counters.add(session, {source_id: -removed, target_id: added})


def _taken(name: str) -> str:
    return f"A tag is called {name} already, or was before it was merged into another."
