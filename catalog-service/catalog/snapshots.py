"""Snapshots: a dataset as it was, for ever, under the hash of its content.

The hash is the SHA-256 of the snapshot's NDJSON export, so that anybody who has the file can check it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import Row as DatabaseRow
from sqlalchemy import delete, text
from sqlalchemy.orm import defer
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog.labeled_images import Names
from catalog.tables import Image, Snapshot, SnapshotImage
from shared.database import allow_long_statements
from shared.refusals import NotFoundError

COMPARED: Final = 1_000
MAX_COMPARED: Final = 100_000
"""How many images of two snapshots are compared at first, and how many at most at a time."""
_IS_ONE: Final = col(Snapshot.content_hash).is_not(None)
"""Without its hash a snapshot is none yet."""
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


async def get(session: AsyncSession, snapshot_id: UUID) -> Snapshot:
    """Return the snapshot; raises NotFoundError."""
    snapshot = await session.get(Snapshot, snapshot_id)
    if snapshot is None or snapshot.content_hash is None:
        raise NotFoundError(f"No snapshot has the id {snapshot_id}.")
    return snapshot


async def list_snapshots(
    session: AsyncSession, dataset_id: UUID, before: UUID | None, limit: int
) -> Sequence[Snapshot]:
    """Return at most `limit` snapshots of the dataset, the newest first."""
    without_names = defer(Snapshot.names)  # type: ignore[arg-type]
    query = select(Snapshot).options(without_names).where(Snapshot.dataset_id == dataset_id, _IS_ONE)
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
    known = delete(Snapshot).where(col(Snapshot.id) == snapshot_id, _IS_ONE)
    removed = await session.execute(known.returning(col(Snapshot.id)))
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
        part = {**both, "after": place, "ahead": ahead, "last": ahead - 1, "limit": limit - len(changed)}
        rows = (await session.execute(_DIFF, part)).all()
        changed += [row for row in rows if row.id is not None]
        place, ahead = rows[0].place or _LAST, min(2 * ahead, MAX_COMPARED)
    images = await session.exec(select(Image).where(col(Image.id).in_([row.id for row in changed])))
    by_id = {image.id: image for image in images}
    return [Difference(by_id[row.id], row.change, row.older, row.newer) for row in changed]


async def count_differences(session: AsyncSession, older_id: UUID, newer_id: UUID) -> Differences:
    """Return how many images the two do not have alike; raises NotFoundError."""
    await get(session, older_id), await get(session, newer_id)
    counted = await session.execute(_COUNT, {"older": older_id, "newer": newer_id})
    counts = counted.one()
    return Differences(counts.added, counts.removed, counts.relabeled)


def names_of(snapshot: Snapshot) -> Names:
    """Return what tags and label schemas were called at the time of the snapshot."""
    tags, label_schemas = (
        {UUID(identifier): name for identifier, name in snapshot.names[kind].items()}
        for kind in ("tags", "label_schemas")
    )
    return Names(tags, label_schemas)


_DIFFERENCES = """
    SELECT id, older, newer,
        CASE WHEN older IS NULL THEN 'added' WHEN newer IS NULL THEN 'removed' ELSE 'relabeled' END AS change
    FROM one FULL JOIN other USING (id) WHERE older IS DISTINCT FROM newer
"""
_OLDER = "SELECT image_id AS id, version AS older FROM snapshot_images WHERE snapshot_id = :older"
_NEWER = "SELECT image_id AS id, version AS newer FROM snapshot_images WHERE snapshot_id = :newer"
# How many images lie between two ids the database may guess a hundred times too high, and then starts processes of its
# own; so that their number and not their end bounds a part. It goes as far as both are known.
_DIFF = text(f"""
    WITH one AS ({_OLDER} AND image_id > :after ORDER BY image_id LIMIT :ahead),
    other AS ({_NEWER} AND image_id > :after ORDER BY image_id LIMIT :ahead),
    compared AS MATERIALIZED (
        SELECT least(
            (SELECT id FROM one ORDER BY id OFFSET :last LIMIT 1),
            (SELECT id FROM other ORDER BY id OFFSET :last LIMIT 1)
        ) AS place
    )
    SELECT place, changed.* FROM compared LEFT JOIN LATERAL (
        {_DIFFERENCES} AND (place IS NULL OR id <= place) ORDER BY id LIMIT :limit
    ) AS changed ON true ORDER BY id
""")  # noqa: S608 constants
_COUNT = text(f"""
    WITH one AS ({_OLDER}), other AS ({_NEWER})
    SELECT count(*) FILTER (WHERE change = 'added') AS added, count(*) FILTER (WHERE change = 'removed') AS removed,
        count(*) FILTER (WHERE change = 'relabeled') AS relabeled
    FROM ({_DIFFERENCES}) AS differences
""")  # noqa: S608 constant
