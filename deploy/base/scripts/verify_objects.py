"""`verify_objects.py` reads every stored image; exits with 3 where one is missing or has another hash than its row."""

import asyncio
import hashlib
import sys
from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from catalog.objects import Objects, image_path
from catalog.settings import Settings
from catalog.storage import open_objects
from catalog.tables import Image
from shared.database import Database

PAGE: Final = 1000
AT_ONCE: Final = 8
DAMAGED: Final = 3
"""The exit status; that of a program that came to no end is another one."""


async def main(settings: Settings) -> int:
    """Compare; return the exit status."""
    assert settings.database_url is not None, "set CATALOG_DATABASE_URL"
    database = Database(settings.database_url, pool_size=2)
    objects = open_objects(settings)
    seen = wrong = 0
    try:
        async for hashes in _pages(database):
            found = dict(zip(hashes, await _all_found(objects, hashes), strict=True))
            others = [sha256 for sha256 in hashes if found[sha256] != sha256.hex()]
            for sha256 in await _still_named(database, others):
                print(f"{image_path(sha256)}: {f'has the hash {found[sha256]}' if found[sha256] else 'is missing'}")
                wrong += 1
            seen += len(hashes)
    finally:
        await database.close()
    print(f"{seen:,} images read, {wrong:,} missing or other than they were")
    return DAMAGED if wrong else 0


async def _pages(database: Database) -> AsyncIterator[list[bytes]]:
    after = UUID(int=0)
    while True:
        query = select(Image.id, Image.sha256).where(Image.id > after, col(Image.sha256).is_not(None))
        async with database.session() as session:
            rows = (await session.exec(query.order_by(col(Image.id)).limit(PAGE))).all()
        if not rows:
            return
        yield [sha256 for _, sha256 in rows if sha256 is not None]
        after = rows[-1][0]


async def _still_named(database: Database, hashes: list[bytes]) -> list[bytes]:
    """Return those that rows have; others were deleted meanwhile."""
    if not hashes:
        return []
    query = select(Image.sha256).where(col(Image.sha256).in_(hashes))
    async with database.session() as session:
        return [sha256 for sha256 in (await session.exec(query)).all() if sha256 is not None]


async def _all_found(objects: Objects, hashes: list[bytes]) -> list[str | None]:
    turn = asyncio.Semaphore(AT_ONCE)

    async def found(sha256: bytes) -> str | None:
        async with turn:
            return await _hash(objects, image_path(sha256))

    return await asyncio.gather(*map(found, hashes))


async def _hash(objects: Objects, path: str) -> str | None:
    digest = hashlib.sha256()
    try:
        async for chunk in objects.read(path):
            digest.update(chunk)
    except FileNotFoundError:
        return None
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(Settings())))
