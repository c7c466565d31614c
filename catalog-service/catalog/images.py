"""Images: registered by URL or uploaded, renamed and deleted."""

import hashlib
from tempfile import SpooledTemporaryFile
from uuid import UUID

from anyio import to_thread
from sqlalchemy import ARRAY, Uuid, any_, delete, literal
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog import counters, labelings, objects, tags
from catalog.objects import Objects, image_path
from catalog.tables import DatasetImage, Image, ImageWord, Label, Snapshot, SnapshotImage
from catalog.words import words_of
from shared.database import Database
from shared.images.inspection import ImageFacts
from shared.refusals import ConflictError, NotFoundError

_SIGN = 1 << 63


async def register(session: AsyncSession, name: str, url: str, media_type: str) -> Image:
    """Add an image of which only the URL is known; what is said of it is believed, and the URL is not looked at."""
    return await _add(session, Image(name=name, url=url, type=media_type))


async def upload(
    database: Database,
    store: Objects,
    file: SpooledTemporaryFile[bytes],
    facts: ImageFacts,
    name: str,
) -> tuple[Image, bool]:
    """Keep the bytes of `file` and return their image, and whether it is new: the same bytes are the same image."""
    sha256 = await to_thread.run_sync(_digest, file)
    path, image = image_path(sha256), _described(name, facts)
    image.sha256, image.size = sha256, file.tell()
    while True:
        async with database.session() as session:
            known = await _with_hash(session, sha256)
            if known is not None:
                return known, False
            await objects.note(session, path)
        await to_thread.run_sync(file.seek, 0)
        await store.put(path, file)
        async with database.session() as session:
            # Meanwhile somebody may have uploaded the same bytes, or deleted their image and so what was just written.
            settled = await objects.settle(session, path) and await _with_hash(session, sha256) is None
            if settled and await store.has(path):
                return await _add(session, image), True


def _described(name: str, facts: ImageFacts) -> Image:
    return Image(
        name=name,
        type=facts.media_type,
        width=facts.width,
        height=facts.height,
        perceptual_hash=signed(facts.perceptual_hash),
    )


def signed(perceptual_hash: int) -> int:
    """Return 64 bits without a sign as PostgreSQL's bigint, which has one."""
    return perceptual_hash - 2 * _SIGN if perceptual_hash >= _SIGN else perceptual_hash


async def get(session: AsyncSession, image_id: UUID) -> Image:
    """Return the image; raises NotFoundError."""
    image = await session.get(Image, image_id)
    if image is None:
        raise NotFoundError(f"No image has the id {image_id}.")
    return image


async def rename(session: AsyncSession, image_id: UUID, name: str) -> Image:
    """Give the image another name; raises NotFoundError."""
    image = await _hold(session, image_id)
    await _remove_words(session, image)
    image.name = name
    return await _add(session, image)


async def remove(database: Database, store: Objects, image_id: UUID) -> None:
    """Delete the image with all that is known of it, and its bytes.

    Raises NotFoundError, or ConflictError if a snapshot holds it.
    """
    async with database.session() as session:
        sha256 = await _remove(session, image_id)
        if sha256 is not None:
            await objects.note(session, image_path(sha256))
    if sha256 is not None:
        await objects.sweep(database, store, image_path(sha256))


async def _check_not_frozen(session: AsyncSession, image_id: UUID) -> None:
    hashes = select(Snapshot.content_hash).join(SnapshotImage).where(SnapshotImage.image_id == image_id)
    held = (await session.exec(hashes)).all()
    if None in held:
        raise ConflictError("A job is making a snapshot with the image: cancel it, or wait and delete the snapshot.")
    if held:
        raise ConflictError(f"The image is part of {len(held)} snapshot(s), which never change: delete these first.")


async def _remove(session: AsyncSession, image_id: UUID) -> bytes | None:
    image = await _hold(session, image_id)
    await _check_not_frozen(session, image_id)
    left = delete(DatasetImage).where(col(DatasetImage.image_id) == image_id).returning(col(DatasetImage.dataset_id))
    datasets = (await session.execute(left)).scalars().all()
    present = (await labelings.latest(session, [image_id]))[image_id].present
    tag_ids = set((await tags.resolve(session, present, lock=True)).values())
    is_its = col(Label.tag_id) == any_(literal(list(tag_ids), ARRAY(Uuid)))
    await session.execute(delete(Label).where(col(Label.image_id) == image_id, is_its))
    await _remove_words(session, image)
    await counters.add(session, dict.fromkeys((*datasets, *tag_ids), -1))
    await session.execute(delete(Image).where(col(Image.id) == image_id))
    return image.sha256


async def _hold(session: AsyncSession, image_id: UUID) -> Image:
    """Return the image, which nobody else can change until the transaction ends; raises NotFoundError."""
    image = (await session.exec(select(Image).where(Image.id == image_id).with_for_update())).first()
    if image is None:
        raise NotFoundError(f"No image has the id {image_id}.")
    return image


async def _with_hash(session: AsyncSession, sha256: bytes) -> Image | None:
    return (await session.exec(select(Image).where(Image.sha256 == sha256))).first()


async def _add(session: AsyncSession, image: Image) -> Image:
    session.add(image)
    await session.flush()
    await _add_words(session, image)
    return image


async def _add_words(session: AsyncSession, image: Image) -> None:
    rows = [{"word": word, "image_id": image.id} for word in sorted(words_of(image.name))]
    if rows:
        await session.execute(insert(ImageWord).values(rows).on_conflict_do_nothing())


async def _remove_words(session: AsyncSession, image: Image) -> None:
    words = words_of(image.name)
    await session.execute(delete(ImageWord).where(col(ImageWord.image_id) == image.id, col(ImageWord.word).in_(words)))


def _digest(file: SpooledTemporaryFile[bytes]) -> bytes:
    file.seek(0)
    return hashlib.file_digest(file, hashlib.sha256).digest()
