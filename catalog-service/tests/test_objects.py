"""An image has its bytes, and bytes have their image, whatever crashes and whoever else is at it."""

import asyncio
import os
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Literal
from uuid import UUID

import pytest
from sqlmodel import select

from catalog import images
from catalog.objects import Objects, image_path, sweep_all
from catalog.tables import Image, PendingObject
from shared.database import Database
from shared.images.inspection import inspect
from shared.refusals import NotFoundError

Step = Literal["before", "after"]
AT_ONCE = timedelta(0)


class CrashError(Exception):
    """The process ends here."""


@dataclass(frozen=True)
class CrashingObjects(Objects):
    """The same store, used by a process that ends before or after it writes or deletes."""

    when: Step = "before"

    async def put(self, path: str, file: IO[bytes] | bytes | object) -> None:
        if self.when == "after":
            await Objects(self.store).put(path, file)  # type: ignore[arg-type]
        raise CrashError

    async def delete(self, path: str) -> None:
        if self.when == "after":
            await Objects(self.store).delete(path)
        raise CrashError


@pytest.fixture
def store(tmp_path: Path) -> Objects:
    return Objects.at(None, tmp_path)


async def upload(database: Database, store: Objects, data: bytes) -> tuple[Image, bool]:
    with SpooledTemporaryFile[bytes](max_size=1 << 20) as file:
        file.write(data)
        return await images.upload(database, store, file, inspect(data, 1_000_000), "dog.jpg")


def stored(store: Objects) -> set[str]:
    assert store.folder
    return {file.relative_to(store.folder).as_posix() for file in store.folder.rglob("*") if file.is_file()}


async def named(database: Database) -> set[str]:
    async with database.session() as session:
        return {image_path(sha256) for sha256 in await session.exec(select(Image.sha256)) if sha256}


async def pending(database: Database) -> set[str]:
    async with database.session() as session:
        return set(await session.exec(select(PendingObject.path)))


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_crash_during_an_upload_leaves_nothing(
    database: Database, store: Objects, photo: Callable[..., bytes], when: Step
) -> None:
    with pytest.raises(CrashError):
        await upload(database, CrashingObjects(store.store, store.folder, when), photo(1))
    assert await sweep_all(database, store, timedelta(hours=1)) == 0
    assert len(stored(store)) == (when == "after")
    assert await sweep_all(database, store, AT_ONCE) == 1
    assert stored(store) == await named(database) == await pending(database) == set()


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_crash_during_a_deletion_leaves_nothing(
    database: Database, store: Objects, photo: Callable[..., bytes], when: Step
) -> None:
    image, _ = await upload(database, store, photo(1))
    with pytest.raises(CrashError):
        await images.remove(database, CrashingObjects(store.store, store.folder, when), image.id)
    assert await named(database) == set()
    await sweep_all(database, store, AT_ONCE)
    assert stored(store) == await pending(database) == set()


@pytest.mark.parametrize("when", ["before", "after"])
async def test_what_is_uploaded_again_after_a_crash_is_not_swept(
    database: Database, store: Objects, photo: Callable[..., bytes], when: Step
) -> None:
    crashing = CrashingObjects(store.store, store.folder, when)
    with pytest.raises(CrashError):
        await upload(database, crashing, photo(1))
    image, new = await upload(database, store, photo(1))
    assert new
    with pytest.raises(CrashError):
        await images.remove(database, crashing, image.id)
    assert (await upload(database, store, photo(1)))[1]
    await sweep_all(database, store, AT_ONCE)
    assert len(stored(store)) == 1
    assert stored(store) == await named(database)


async def test_a_file_that_was_being_written_when_the_process_ended_is_swept(
    database: Database, store: Objects, photo: Callable[..., bytes]
) -> None:
    await upload(database, store, photo(1))
    (complete,) = stored(store)
    assert store.folder
    unfinished = store.folder / f"{complete}#1"
    unfinished.write_bytes(b"half")
    assert await sweep_all(database, store, timedelta(hours=1)) == 0
    os.utime(unfinished, (0, 0))
    assert await sweep_all(database, store, timedelta(hours=1)) == 1
    assert stored(store) == {complete}


async def test_uploads_of_the_same_bytes_at_once_are_one_image(
    database: Database, store: Objects, photo: Callable[..., bytes]
) -> None:
    for number in range(5):
        done = await asyncio.gather(*(upload(database, store, photo(number)) for _ in range(8)))
        assert len({image.id for image, _ in done}) == 1
        assert [new for _, new in done].count(True) == 1
    assert len(stored(store)) == 5
    assert stored(store) == await named(database)


async def test_uploads_deletions_and_sweeps_at_once_leave_every_image_its_bytes(
    database: Database, store: Objects, photo: Callable[..., bytes]
) -> None:
    photos, known = [photo(number) for number in range(2)], set[UUID]()
    remote = replace(store, folder=None)  # files that are being written are told from leftovers by their age alone

    async def act(number: int) -> None:
        chance = random.Random(number)  # noqa: S311
        for _ in range(12):
            if known and chance.random() < 0.4:
                with suppress(NotFoundError):
                    await images.remove(database, store, chance.choice(sorted(known)))
            elif chance.random() < 0.2:
                await sweep_all(database, remote, AT_ONCE)
            else:
                known.add((await upload(database, store, chance.choice(photos)))[0].id)

    await asyncio.gather(*(act(number) for number in range(10)))
    assert await named(database) <= stored(store)
    await sweep_all(database, store, AT_ONCE)
    assert stored(store) == await named(database)
    assert await pending(database) == set()
