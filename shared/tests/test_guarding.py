"""An embedded PostgreSQL that is killed comes back, and one that is stopped stays so."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import asyncpg
import pytest

from shared.guarding import guarded_postgres


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not in pytest's folder: each run of pytest closes that to all other users, and root's server runs as another one.
    with TemporaryDirectory(prefix="postgres-") as folder:
        yield Path(folder) / "data"


def postmaster_of(folder: Path) -> int:
    return int((folder / "postmaster.pid").read_text(encoding="ascii").split()[0])


async def ask(url: str, question: str) -> object:
    connection = await asyncpg.connect(url, timeout=3)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_a_database_that_was_killed_is_started_again_with_all_that_was_committed(folder: Path) -> None:
    with guarded_postgres(folder) as url:
        await ask(url, "CREATE TABLE kept AS SELECT 411 AS number")
        killed = postmaster_of(folder)
        os.kill(killed, signal.SIGKILL)
        deadline, found = monotonic() + 60, None
        while found is None and monotonic() < deadline:
            try:
                found = await ask(url, "SELECT number FROM kept")
            except (OSError, asyncpg.PostgresError):
                sleep(0.1)  # noqa: ASYNC251 nothing else goes on here
        assert found == 411
        assert postmaster_of(folder) != killed
    assert not (folder / "postmaster.pid").exists()


async def test_a_database_that_nobody_uses_any_more_stays_stopped(folder: Path) -> None:
    with guarded_postgres(folder) as url:
        assert await ask(url, "SELECT 1") == 1
    sleep(1)  # noqa: ASYNC251 nothing else goes on here
    assert not (folder / "postmaster.pid").exists()
