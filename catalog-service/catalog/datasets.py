"""Datasets: collections of images, filled one by one, in bulk, or by a search."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, CursorResult, Result, Uuid, bindparam, delete, func, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog import counters
from catalog.tables import Dataset, DatasetImage, Image, Snapshot
from shared.database import allow_long_statements
from shared.names import key_of
from shared.refusals import ConflictError, NotFoundError
from shared.uniqueness import flush_name


@dataclass(frozen=True)
class CountedDataset:
    """A dataset and how many images it has."""

    dataset: Dataset
    images: int


async def create(session: AsyncSession, name: str, description: str | None) -> CountedDataset:
    """Create an empty dataset; raises ConflictError if the name is taken."""
    dataset = Dataset(name=name, key=key_of(name), description=description)
    session.add(dataset)
    await flush_name(session, _taken(name))
    return CountedDataset(dataset, 0)


async def get(session: AsyncSession, dataset_id: UUID) -> CountedDataset:
    """Return the dataset; raises NotFoundError."""
    query = select(Dataset, counters.count_of(col(Dataset.id))).where(Dataset.id == dataset_id)
    found = (await session.exec(query)).first()
    if found is None:
        raise NotFoundError(f"No dataset has the id {dataset_id}.")
    return CountedDataset(found[0], int(found[1]))


async def list_datasets(session: AsyncSession, after: str | None, limit: int) -> list[CountedDataset]:
    """Return at most `limit` datasets in the order of their names, beyond the one with the key `after`."""
    query = select(Dataset, counters.count_of(col(Dataset.id)))
    if after is not None:
        query = query.where(Dataset.key > after)
    found = await session.exec(query.order_by(col(Dataset.key)).limit(limit))
    return [CountedDataset(dataset, int(images)) for dataset, images in found]


async def change(session: AsyncSession, dataset_id: UUID, name: str | None, description: str | None) -> CountedDataset:
    """Change what is given of the two; raises NotFoundError or, if the name is taken, ConflictError."""
    found = await get(session, dataset_id)
    if name is not None:
        found.dataset.name, found.dataset.key = name, key_of(name)
    if description is not None:
        found.dataset.description = description
    session.add(found.dataset)
    await flush_name(session, _taken(found.dataset.name))
    return found


async def remove(session: AsyncSession, dataset_id: UUID) -> None:
    """Delete the dataset, not its images; raises NotFoundError, or ConflictError if it has snapshots."""
    await allow_long_statements(session)
    dataset = (await session.exec(select(Dataset).where(Dataset.id == dataset_id).with_for_update())).first()
    if dataset is None:
        raise NotFoundError(f"No dataset has the id {dataset_id}.")
    its = col(Snapshot.dataset_id) == dataset_id
    snapshots = select(func.count()).select_from(Snapshot).where(its, col(Snapshot.content_hash).is_not(None))
    if held := (await session.exec(snapshots)).one():
        raise ConflictError(f"The dataset has {held} snapshot(s), which never change: delete these first.")
    await session.execute(delete(Snapshot).where(its))  # what a job has begun to freeze
    await session.execute(delete(Dataset).where(col(Dataset.id) == dataset_id))
    await counters.remove(session, [dataset_id])


async def add_images(session: AsyncSession, dataset_id: UUID, image_ids: Collection[UUID]) -> int:
    """Add the images; return how many were not in it before. Raises NotFoundError for one that does not exist."""
    await hold(session, dataset_id)
    images = select(Image.id).where(col(Image.id).in_(image_ids)).order_by(col(Image.id))
    # Held, lest one is deleted before the row that names it is there.
    known = set((await session.exec(images.with_for_update(read=True, key_share=True))).all())
    missing = next((image_id for image_id in image_ids if image_id not in known), None)
    if missing is not None:
        raise NotFoundError(f"No image has the id {missing}.")
    rows = [{"dataset_id": dataset_id, "image_id": image_id} for image_id in sorted(known)]
    added = await session.execute(
        insert(DatasetImage).values(rows).on_conflict_do_nothing().returning(col(DatasetImage.image_id))
    )
    return await _count(session, dataset_id, len(added.all()))


async def add_existing(session: AsyncSession, dataset_id: UUID, image_ids: Collection[UUID]) -> int:
    """Add those of the images that exist; return how many were not in it before. Raises NotFoundError."""
    await hold(session, dataset_id)
    added = await session.execute(_ADD, {"dataset_id": dataset_id, "image_ids": list(image_ids)})
    return await _count(session, dataset_id, _rows(added))


async def remove_images(session: AsyncSession, dataset_id: UUID, image_ids: Collection[UUID]) -> int:
    """Take the images out of the dataset; return how many were in it. Raises NotFoundError."""
    await hold(session, dataset_id)
    removed = await session.execute(_REMOVE, {"dataset_id": dataset_id, "image_ids": list(image_ids)})
    return -await _count(session, dataset_id, -_rows(removed))


async def hold(session: AsyncSession, dataset_id: UUID) -> None:
    """Let nobody delete the dataset before the transaction ends; raises NotFoundError."""
    held = await session.exec(
        select(Dataset.id).where(Dataset.id == dataset_id).with_for_update(key_share=True, read=True)
    )
    if held.first() is None:
        raise NotFoundError(f"No dataset has the id {dataset_id}.")


async def _count(session: AsyncSession, dataset_id: UUID, change: int) -> int:
    await counters.add(session, {dataset_id: change})
    return change


def _rows(result: Result[Any]) -> int:
    assert isinstance(result, CursorResult)
    return result.rowcount


def _taken(name: str) -> str:
    return f"A dataset is called {name} already."


_SELECTED: Final = (bindparam("dataset_id", type_=Uuid), bindparam("image_ids", type_=ARRAY(Uuid)))
_ADD = text("""
    INSERT INTO dataset_images (dataset_id, image_id)
    SELECT :dataset_id, id FROM images WHERE id = ANY(:image_ids) ORDER BY id FOR KEY SHARE
    ON CONFLICT DO NOTHING
""").bindparams(*_SELECTED)
_REMOVE = text("DELETE FROM dataset_images WHERE dataset_id = :dataset_id AND image_id = ANY(:image_ids)").bindparams(
    *_SELECTED
)
