"""Bytes in the object store: an object is written before the row that names it, and deleted after.

So that a crash in between leaves nothing for ever, each is first noted as pending; what stays so is swept.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import time
from typing import IO, Final

import structlog
from anyio import to_thread
from obstore.store import LocalStore, ObjectStore, from_url
from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, exists, select
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog.tables import Image, PendingObject
from shared.database import Database
from shared.jobs.tables import UNFINISHED, Job

IMAGES: Final = "images"
IMPORTS: Final = "imports"
CHUNK_BYTES: Final = 1 << 20

_log = structlog.get_logger(source="objects")


def image_path(sha256: bytes) -> str:
    """Return where the bytes with this hash are."""
    name = sha256.hex()
    return f"{IMAGES}/{name[:2]}/{name}"


@dataclass(frozen=True)
class Objects:
    """The store, and the folder that it is, if it is one."""

    store: ObjectStore
    folder: Path | None = None

    @classmethod
    def at(cls, url: str | None, folder: Path) -> "Objects":
        """Return the store at `url`, or in `folder` where there is no URL."""
        if url and not url.startswith("file://"):
            return cls(from_url(url))
        if url:
            folder = Path(url.removeprefix("file://"))
        return cls(LocalStore(folder, mkdir=True, automatic_cleanup=False), folder)

    async def put(self, path: str, file: IO[bytes] | bytes | AsyncIterator[bytes]) -> None:
        """Write the object as a whole, in place of one that is there; nobody sees half of it."""
        await self.store.put_async(path, file)

    async def read(self, path: str, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes, None]:
        """Yield the bytes from `start` until before `end`; raises FileNotFoundError."""
        result = await self.store.get_async(path, options={"range": {"offset": start} if end is None else (start, end)})
        async for chunk in result.stream(min_chunk_size=CHUNK_BYTES):
            yield bytes(chunk)

    def read_whole(self, path: str) -> bytes:
        """Return the bytes of an object, blocking the thread; raises FileNotFoundError."""
        return bytes(self.store.get(path).bytes())

    async def has(self, path: str) -> bool:
        """Return whether there is such an object."""
        try:
            await self.store.head_async(path)
        except FileNotFoundError:
            return False
        return True

    async def delete(self, path: str) -> None:
        """Delete the object, if it is there."""
        with suppress(FileNotFoundError):
            await self.store.delete_async(path)


async def note(session: AsyncSession, path: str) -> None:
    """Note that `path` is about to be written, or to be deleted."""
    row = {"path": path, "since": datetime.now(UTC)}
    await session.execute(insert(PendingObject).values(row).on_conflict_do_update(index_elements=["path"], set_=row))


async def settle(session: AsyncSession, path: str) -> bool:
    """Strike `path` off the pending ones, until the end of the transaction alone; return whether it was among them.

    If it was not, somebody else has swept it or uses it.
    """
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:path, 0))"), {"path": path})
    struck = delete(PendingObject).where(col(PendingObject.path) == path).returning(col(PendingObject.path))
    return (await session.execute(struck)).first() is not None


async def sweep(database: Database, objects: Objects, path: str) -> None:
    """Delete the pending object `path` unless a row names it by now."""
    async with database.session() as session:
        if not await settle(session, path):
            return
        if not await _is_named(session, path):
            await objects.delete(path)
        elif path.startswith(IMPORTS):  # whose job goes on, and leaves it behind
            await note(session, path)


async def sweep_all(database: Database, objects: Objects, older_than: timedelta) -> int:
    """Delete what crashes have left for longer than that; return how many objects."""
    async with database.session() as session:
        old = select(PendingObject.path).where(col(PendingObject.since) < datetime.now(UTC) - older_than)
        paths = (await session.exec(old.order_by(col(PendingObject.since)).limit(1000))).all()
    for path in paths:
        await sweep(database, objects, path)
    leftovers = await to_thread.run_sync(_sweep_folder, objects.folder, older_than) if objects.folder else 0
    if paths or leftovers:
        _log.info("swept", objects=len(paths), unfinished_files=leftovers)
    return len(paths) + leftovers


async def _is_named(session: AsyncSession, path: str) -> bool:
    kind, _, rest = path.partition("/")
    if kind == IMAGES:
        named = select(exists().where(col(Image.sha256) == bytes.fromhex(rest.rpartition("/")[2])))
    else:
        unfinished = col(Job.status).in_(UNFINISHED)
        named = select(exists().where(col(Job.request)["path"].astext == path, unfinished))
    return bool((await session.exec(named)).one())


def _sweep_folder(folder: Path, older_than: timedelta) -> int:
    """Delete the files that the local store was writing (it names them `…#1`) when its process was killed."""
    deleted = 0
    for file in folder.rglob("*#*"):
        with suppress(FileNotFoundError):
            if time() - file.stat().st_mtime > older_than.total_seconds():
                file.unlink()
                deleted += 1
    return deleted
