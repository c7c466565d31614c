"""Uploaded files, kept in the database until they are imported, so that any worker can."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryFile
from typing import IO, Final
from uuid import UUID

from anyio import to_thread
from sqlalchemy import delete, func, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger.tables import FilePart
from shared.database import Database

PART_BYTES: Final = 1 << 20
KEPT_FOR: Final = timedelta(days=1)
"""What is older and belongs to no job that goes on was left by a crash."""


@asynccontextmanager
async def spooled(body: AsyncIterator[bytes]) -> AsyncIterator[IO[bytes]]:
    """Yield a temporary file with what comes in."""
    with TemporaryFile() as file:
        async for chunk in body:
            await to_thread.run_sync(file.write, chunk)
        file.seek(0)
        yield file


async def store(session: AsyncSession, file_id: UUID, file: IO[bytes]) -> int:
    """Keep the file under the id; return its size in bytes."""
    size = part = 0
    while data := await to_thread.run_sync(file.read, PART_BYTES):
        session.add(FilePart(file_id=file_id, part=part, data=data, since=datetime.now(UTC)))
        await session.flush()
        session.expunge_all()
        size, part = size + len(data), part + 1
    return size


async def fetch(database: Database, file_id: UUID) -> IO[bytes]:
    """Return a temporary file with the kept one's content; the caller closes it."""
    file = TemporaryFile()  # noqa: SIM115 it is the caller's
    part = 0
    while True:
        async with database.session() as session:
            found = await session.get(FilePart, (file_id, part))
        if found is None:
            break
        await to_thread.run_sync(file.write, found.data)
        part += 1
    file.seek(0)
    return file


async def discard(session: AsyncSession, file_id: UUID) -> None:
    """Delete a kept file, if it is there."""
    await session.execute(delete(FilePart).where(col(FilePart.file_id) == file_id))


async def sweep(session: AsyncSession) -> None:
    """Delete old files that no unfinished job needs."""
    needed = text("SELECT 1 FROM jobs WHERE status IN ('queued', 'running') AND request ->> 'file' = file_id::text")
    stale = select(FilePart.file_id).where(
        col(FilePart.part) == 0, col(FilePart.since) < func.now() - KEPT_FOR, text(f"NOT EXISTS ({needed.text})")
    )
    for file_id in await session.exec(stale):
        await discard(session, file_id)
