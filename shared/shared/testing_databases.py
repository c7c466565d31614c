"""For tests: a real PostgreSQL, and a migrated database of its own for each test."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import asyncpg

from shared.database import Database
from shared.embedded import embedded_postgres
from shared.migrations import migrate

TEMPLATE = "migrated"


@contextmanager
def migrated_postgres(package: str) -> Iterator[str]:
    """Yield the URL of a server with the database `TEMPLATE`, migrated for the package."""
    # Not in pytest's folder: each run of pytest closes that to all other users, and root's server runs as another one.
    with TemporaryDirectory(prefix="postgres-") as folder, embedded_postgres(Path(folder) / "data") as url:
        for statement in ("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()", f"CREATE DATABASE {TEMPLATE}"):
            asyncio.run(_execute(url, statement))
        asyncio.run(_migrate(named(url, TEMPLATE), package))
        yield url


def new_database(url: str) -> str:
    """Make a migrated database on the server and return its URL."""
    name = f"test_{uuid4().hex}"
    asyncio.run(_execute(url, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}"))
    return named(url, name)


def named(url: str, database: str) -> str:
    """Return `url` with another database in it."""
    return url.replace("/postgres?", f"/{database}?")


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _migrate(url: str, package: str) -> None:
    database = Database(url)
    try:
        await migrate(database, package)
    finally:
        await database.close()
