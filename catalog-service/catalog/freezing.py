"""How a dataset becomes a snapshot: taken at one moment, then hashed; within the request, or by a job if it is large.

A snapshot without its hash is not one yet: nobody is shown it, and it goes with the job that was to finish it.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, column, delete, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from uuid_utils.compat import uuid7

from catalog import datasets, labeled_images
from catalog.exports import ndjson
from catalog.exports.rows import Row
from catalog.snapshots import names_of
from catalog.tables import Dataset, Snapshot
from shared import jobs
from shared.database import Database, allow_long_statements
from shared.jobs import Step
from shared.jobs.tables import UNFINISHED, Job
from shared.refusals import NotFoundError

KIND: Final = "snapshot"
AT_ONCE: Final = 10_000
"""A dataset with so many images is frozen within the request."""

PART: Final = 10_000
"""Images that a job hashes before it says how far it is."""


async def create(session: AsyncSession, dataset_id: UUID, comment: str | None) -> tuple[Snapshot, bool]:
    """Freeze the dataset and return its snapshot, and whether it is new: the same content is the same snapshot.

    Raises NotFoundError.
    """
    snapshot = await _take(session, uuid7(), dataset_id, comment)
    content = _Content(snapshot)
    while not content.is_whole:
        await content.read(session)
    return await _finish(session, snapshot, content.digest())


async def queue(session: AsyncSession, dataset_id: UUID, comment: str | None, *, anyway: bool) -> Job | None:
    """Queue the job that freezes the dataset, if it is large or `anyway`; raises NotFoundError."""
    counted = await datasets.get(session, dataset_id)
    if not anyway and counted.images <= AT_ONCE:
        return None
    return await jobs.create(session, KIND, {"dataset": str(dataset_id), "comment": comment}, counted.images)


async def next_step(database: Database, job: Job) -> Step | None:
    """Take the dataset as it is, and then hash what was taken; raises NotFoundError."""
    if not job.position:
        snapshot_id = uuid7()
        return Step({"snapshot": str(snapshot_id)}, partial(_write_taken, job, snapshot_id))
    if "hash" in job.position:
        return None
    content_hash = await _hash(database, job)
    if content_hash is None:
        return None
    return Step({**job.position, "hash": content_hash.hex()}, partial(_write_hash, job, content_hash))


async def sweep(database: Database) -> None:
    """Delete what jobs that failed or were cancelled had taken."""
    async with database.session() as session:
        await allow_long_statements(session)
        await session.execute(_SWEEP, {"kind": KIND, "unfinished": list(UNFINISHED)})


async def _write_taken(job: Job, snapshot_id: UUID, session: AsyncSession) -> None:
    taken = await _take(session, snapshot_id, UUID(job.request["dataset"]), job.request["comment"])
    (await jobs.get(session, job.id)).total = taken.image_count


async def _hash(database: Database, job: Job) -> bytes | None:
    """Return the hash; None as soon as the job does not go on, as when it was cancelled. Raises NotFoundError."""
    async with database.session() as session:
        content = _Content(await _taken(session, job))
    while not content.is_whole:
        # A transaction for each part: what was taken does not change, and no connection is held for minutes.
        async with database.session() as session:
            await _taken(session, job)
            await content.read(session, PART)
            if not await jobs.report(session, job, content.images):
                return None
    return content.digest()


async def _write_hash(job: Job, content_hash: bytes, session: AsyncSession) -> None:
    await allow_long_statements(session)
    snapshot, _ = await _finish(session, await _taken(session, job), content_hash)
    current = await jobs.get(session, job.id)
    current.done, current.result = snapshot.image_count, {"snapshot": str(snapshot.id)}


async def _taken(session: AsyncSession, job: Job) -> Snapshot:
    snapshot = await session.get(Snapshot, UUID(job.position["snapshot"]))
    if snapshot is None:  # as it goes with its dataset
        raise NotFoundError(f"No dataset has the id {job.request['dataset']}.")
    return snapshot


async def _take(session: AsyncSession, snapshot_id: UUID, dataset_id: UUID, comment: str | None) -> Snapshot:
    await allow_long_statements(session)
    await _hold(session, dataset_id)
    snapshot = Snapshot(id=snapshot_id, dataset_id=dataset_id, image_count=0, comment=comment, names={})
    session.add(snapshot)
    await session.flush()
    taken = (await session.execute(_TAKE, {"snapshot_id": snapshot_id, "dataset_id": dataset_id})).one()
    snapshot.image_count = taken.images
    snapshot.names = {"tags": taken.tags, "label_schemas": taken.label_schemas}
    await session.flush()
    return snapshot


async def _finish(session: AsyncSession, snapshot: Snapshot, content_hash: bytes) -> tuple[Snapshot, bool]:
    """Give the snapshot its hash, or delete it if there is one with the same; return which there is, and if it is new.

    Raises NotFoundError.
    """
    await _hold(session, snapshot.dataset_id)
    same = (Snapshot.dataset_id == snapshot.dataset_id, Snapshot.content_hash == content_hash)
    known = (await session.exec(select(Snapshot).where(*same))).first()
    if known is not None:
        await session.execute(delete(Snapshot).where(col(Snapshot.id) == snapshot.id))
        return known, False
    snapshot.content_hash = content_hash
    await session.flush()
    return snapshot, True


async def _hold(session: AsyncSession, dataset_id: UUID) -> None:
    # One at a time: of two with the same content the second finds the first.
    dataset = select(Dataset.id).where(Dataset.id == dataset_id).with_for_update(key_share=True)
    if (await session.exec(dataset)).first() is None:
        raise NotFoundError(f"No dataset has the id {dataset_id}.")


class _Content:
    """The SHA-256 of a snapshot's NDJSON export, part by part, which one after another are the whole."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.images = 0
        self._snapshot = snapshot
        self._names = names_of(snapshot)
        self._digest = hashlib.sha256()
        self._after: UUID | None = None

    @property
    def is_whole(self) -> bool:
        return self.images >= self._snapshot.image_count

    async def read(self, session: AsyncSession, limit: int | None = None) -> None:
        """Go on with at most so many images."""
        rows = labeled_images.of_snapshot(session, self._snapshot, self._names, self._after, limit)
        async with aclosing(ndjson.export(self._counted(rows), (), _no_content)) as chunks:
            async for chunk in chunks:
                self._digest.update(chunk)

    def digest(self) -> bytes:
        return self._digest.digest()

    async def _counted(self, rows: AsyncIterator[Row]) -> AsyncIterator[Row]:
        async for row in rows:
            self.images += 1
            self._after = row.id
            yield row


def _no_content(_: Row) -> AsyncIterator[bytes]:
    raise NotImplementedError


# One statement, which sees everything as it is at one moment: the images, and what their tags are called.
_TAKE = text("""
    WITH taken AS (
        INSERT INTO snapshot_images (snapshot_id, image_id, version, name)
        SELECT :snapshot_id, images.id, images.version, images.name
        FROM dataset_images JOIN images ON images.id = dataset_images.image_id
        WHERE dataset_images.dataset_id = :dataset_id FOR KEY SHARE OF images
        RETURNING image_id, version
    ), said AS (
        SELECT labelings.tag_ids, labelings.coverage_id FROM taken JOIN labelings USING (image_id, version)
    ), covered AS (
        SELECT tag_ids, label_schema_id FROM coverages WHERE id IN (SELECT coverage_id FROM said)
    ), used AS (
        SELECT unnest(tag_ids) AS id FROM said UNION SELECT unnest(tag_ids) FROM covered
    ), named AS (
        SELECT tags.id, coalesce(root.name, tags.name) AS name
        FROM used JOIN tags USING (id) LEFT JOIN tags AS root ON root.id = tags.merged_into
    ), schemas AS (
        SELECT id, name FROM label_schemas WHERE id IN (SELECT label_schema_id FROM covered)
    )
    SELECT (SELECT count(*) FROM taken) AS images,
        (SELECT coalesce(jsonb_object_agg(id, name), '{}') FROM named) AS tags,
        (SELECT coalesce(jsonb_object_agg(id, name), '{}') FROM schemas) AS label_schemas
""").columns(column("images", BigInteger), column("tags", JSONB), column("label_schemas", JSONB))
_SWEEP = text("""
    DELETE FROM snapshots WHERE content_hash IS NULL AND NOT EXISTS (
        SELECT FROM jobs
        WHERE kind = :kind AND status = ANY(:unfinished) AND position ->> 'snapshot' = snapshots.id::text
    )
""")
