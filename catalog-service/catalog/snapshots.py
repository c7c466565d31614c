"""Snapshots: a dataset as it was, for ever, under the hash of its content.

The hash is the SHA-256 of the snapshot's NDJSON export, so that anybody who has the file can check it.
"""

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import Row as DatabaseRow
from sqlalchemy import delete, text
from sqlalchemy.orm import defer
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog import labeled_images
from catalog.exports import ndjson
from catalog.exports.rows import Row
from catalog.labeled_images import Names
from catalog.refusals import NotFoundError
from catalog.tables import Dataset, Image, Snapshot, SnapshotImage
from shared.database import allow_long_statements

COMPARED: Final = 1_000
MAX_COMPARED: Final = 100_000
"""How many images of two snapshots are compared at first, and how many at most at a time."""
_FIRST: Final = UUID(int=0)
_LAST: Final = UUID(int=(1 << 128) - 1)


@dataclass(frozen=True)
class Difference:
    """An image that two snapshots do not have alike; the versions of its labels, None where it is not in one."""

    image: Image
    change: Literal["added", "removed", "relabeled"]
    from_labeling: int | None
    to_labeling: int | None


@dataclass(frozen=True)
class Differences:
    """How many images two snapshots do not have alike."""

    added: int
    removed: int
    relabeled: int


async def create(session: AsyncSession, dataset_id: UUID, comment: str | None) -> tuple[Snapshot, bool]:
    """Freeze the dataset and return its snapshot, and whether it is new: the same content is the same snapshot.

    Raises NotFoundError.
    """
    await allow_long_statements(session)
    # One at a time: of two with the same content the second finds the first.
    dataset = select(Dataset.id).where(Dataset.id == dataset_id).with_for_update(key_share=True)
    if (await session.exec(dataset)).first() is None:
        raise NotFoundError(f"No dataset has the id {dataset_id}.")
    async with session.begin_nested() as attempt:
        snapshot, content_hash = await _freeze(session, dataset_id, comment)
        same = (Snapshot.dataset_id == dataset_id, Snapshot.content_hash == content_hash)
        known = (await session.exec(select(Snapshot).where(*same))).first()
        if known is None:
            snapshot.content_hash = content_hash
            await session.flush()
            return snapshot, True
        await attempt.rollback()
    return known, False


async def get(session: AsyncSession, snapshot_id: UUID) -> Snapshot:
    """Return the snapshot; raises NotFoundError."""
    snapshot = await session.get(Snapshot, snapshot_id)
    if snapshot is None:
        raise NotFoundError(f"No snapshot has the id {snapshot_id}.")
    return snapshot


async def list_snapshots(
    session: AsyncSession, dataset_id: UUID, before: UUID | None, limit: int
) -> Sequence[Snapshot]:
    """Return at most `limit` snapshots of the dataset, the newest first."""
    without_names = defer(Snapshot.names)  # type: ignore[arg-type]
    query = select(Snapshot).options(without_names).where(Snapshot.dataset_id == dataset_id)
    if before is not None:
        query = query.where(Snapshot.id < before)
    return (await session.exec(query.order_by(col(Snapshot.id).desc()).limit(limit))).all()


async def list_images(
    session: AsyncSession, snapshot_id: UUID, after: UUID | None, limit: int
) -> list[tuple[Image, SnapshotImage]]:
    """Return at most `limit` images of the snapshot in the order of their ids; raises NotFoundError."""
    await get(session, snapshot_id)
    page = select(SnapshotImage).where(SnapshotImage.snapshot_id == snapshot_id)
    if after is not None:
        page = page.where(SnapshotImage.image_id > after)
    members = (await session.exec(page.order_by(col(SnapshotImage.image_id)).limit(limit))).all()
    # Not as a join: behind `after` the database would still walk along the images from their first.
    found = await session.exec(select(Image).where(col(Image.id).in_([member.image_id for member in members])))
    images = {image.id: image for image in found}
    return [(images[member.image_id], member) for member in members]


async def remove(session: AsyncSession, snapshot_id: UUID) -> None:
    """Delete the snapshot; raises NotFoundError."""
    await allow_long_statements(session)
    removed = await session.execute(delete(Snapshot).where(col(Snapshot.id) == snapshot_id).returning(col(Snapshot.id)))
    if removed.first() is None:
        raise NotFoundError(f"No snapshot has the id {snapshot_id}.")


async def diff(
    session: AsyncSession, older_id: UUID, newer_id: UUID, after: UUID | None, limit: int
) -> list[Difference]:
    """Return at most `limit` images that the two do not have alike, in the order of ids; raises NotFoundError."""
    await get(session, older_id), await get(session, newer_id)
    both = {"older": older_id, "newer": newer_id}
    changed: list[DatabaseRow[Any]] = []
    place, ahead = after or _FIRST, COMPARED
    # A join of both as a whole would take as long for the first page as for all; so a part of both after another.
    while len(changed) < limit and place < _LAST:
        end = (await session.execute(_END, {**both, "after": place, "ahead": ahead})).scalar_one() or _LAST
        part = {**both, "after": place, "end": end, "limit": limit - len(changed)}
        changed += (await session.execute(_DIFF, part)).all()
        place, ahead = end, min(2 * ahead, MAX_COMPARED)
    images = await session.exec(select(Image).where(col(Image.id).in_([row.id for row in changed])))
    by_id = {image.id: image for image in images}
    return [Difference(by_id[row.id], row.change, row.older, row.newer) for row in changed]


async def count_differences(session: AsyncSession, older_id: UUID, newer_id: UUID) -> Differences:
    """Return how many images the two do not have alike; raises NotFoundError."""
    await get(session, older_id), await get(session, newer_id)
    whole = {"older": older_id, "newer": newer_id, "after": _FIRST, "end": _LAST}
    counted = await session.execute(_COUNT, whole)
    counts = counted.one()
    return Differences(counts.added, counts.removed, counts.relabeled)


def names_of(snapshot: Snapshot) -> Names:
    """Return what tags and label schemas were called at the time of the snapshot."""
    tags, label_schemas = (
        {UUID(identifier): name for identifier, name in snapshot.names[kind].items()}
        for kind in ("tags", "label_schemas")
    )
    return Names(tags, label_schemas)


async def _freeze(session: AsyncSession, dataset_id: UUID, comment: str | None) -> tuple[Snapshot, bytes]:
    snapshot = Snapshot(dataset_id=dataset_id, content_hash=b"", image_count=0, comment=comment, names={})
    snapshot.content_hash = snapshot.id.bytes  # of its own until it is known
    session.add(snapshot)
    await session.flush()
    both = {"snapshot_id": snapshot.id, "dataset_id": dataset_id}
    await session.execute(_TAKE, both)
    used = set((await session.execute(_USED, {"snapshot_id": snapshot.id})).scalars())
    names = await labeled_images.current_names(session)
    snapshot.names = {
        kind: {str(identifier): known[identifier] for identifier in sorted(used.intersection(known))}
        for kind, known in (("tags", names.tags), ("label_schemas", names.label_schemas))
    }
    content = _Hash(labeled_images.of_snapshot(session, snapshot, names_of(snapshot)))
    content_hash = await content.digest()
    snapshot.image_count = content.rows
    return snapshot, content_hash


class _Hash:
    """The SHA-256 of an export's bytes, and how many rows went into it."""

    def __init__(self, rows: AsyncIterator[Row]) -> None:
        self.rows = 0
        self._source = rows

    async def digest(self) -> bytes:
        digest = hashlib.sha256()
        async with aclosing(ndjson.export(self._counted(), (), _no_content)) as chunks:
            async for chunk in chunks:
                digest.update(chunk)
        return digest.digest()

    async def _counted(self) -> AsyncIterator[Row]:
        async for row in self._source:
            self.rows += 1
            yield row


def _no_content(_: Row) -> AsyncIterator[bytes]:
    raise NotImplementedError


_TAKE = text("""
    INSERT INTO snapshot_images (snapshot_id, image_id, version, name)
    SELECT :snapshot_id, images.id, images.version, images.name
    FROM dataset_images JOIN images ON images.id = dataset_images.image_id
    WHERE dataset_images.dataset_id = :dataset_id FOR KEY SHARE OF images
""")
_USED = text("""
    WITH taken AS (
        SELECT labelings.tag_ids, labelings.coverage_id FROM snapshot_images JOIN labelings USING (image_id, version)
        WHERE snapshot_images.snapshot_id = :snapshot_id
    ), covered AS (
        SELECT tag_ids, label_schema_id FROM coverages WHERE id IN (SELECT coverage_id FROM taken)
    )
    SELECT unnest(tag_ids) FROM taken
    UNION SELECT unnest(tag_ids) FROM covered
    UNION SELECT label_schema_id FROM covered WHERE label_schema_id IS NOT NULL
""")
_DIFFERENCES = """
    SELECT id, older, newer,
        CASE WHEN older IS NULL THEN 'added' WHEN newer IS NULL THEN 'removed' ELSE 'relabeled' END AS change
    FROM (
        SELECT image_id AS id, version AS older FROM snapshot_images
        WHERE snapshot_id = :older AND image_id > :after AND image_id <= :end
    ) AS one FULL JOIN (
        SELECT image_id AS id, version AS newer FROM snapshot_images
        WHERE snapshot_id = :newer AND image_id > :after AND image_id <= :end
    ) AS other USING (id)
    WHERE older IS DISTINCT FROM newer
"""
_END = text("""
    SELECT least(
        (SELECT image_id FROM snapshot_images WHERE snapshot_id = :older AND image_id > :after
         ORDER BY image_id OFFSET :ahead LIMIT 1),
        (SELECT image_id FROM snapshot_images WHERE snapshot_id = :newer AND image_id > :after
         ORDER BY image_id OFFSET :ahead LIMIT 1)
    )
""")
_DIFF = text(f"{_DIFFERENCES} ORDER BY id LIMIT :limit")
_COUNT = text(f"""
    SELECT count(*) FILTER (WHERE change = 'added') AS added, count(*) FILTER (WHERE change = 'removed') AS removed,
        count(*) FILTER (WHERE change = 'relabeled') AS relabeled
    FROM ({_DIFFERENCES}) AS differences
""")  # noqa: S608 constant
