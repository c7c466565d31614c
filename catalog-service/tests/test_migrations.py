"""The migrations make the tables that the models describe, from nothing, and any number of them at once."""

import asyncio
import subprocess
import sys
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlmodel import SQLModel

from catalog import tables
from catalog.main import create_app
from catalog.settings import Settings
from catalog.storage import PACKAGE
from shared.database import Database
from shared.migrations import migrate, pending_revisions
from shared.testing import client_of

OURS = {model.__tablename__ for model in vars(tables).values() if hasattr(model, "__tablename__")}


@pytest.fixture
def empty_database_url(postgres: str) -> str:
    name = f"empty_{uuid4().hex}"

    async def create() -> None:
        connection = await asyncpg.connect(postgres)
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()

    asyncio.run(create())
    return postgres.replace("/postgres?", f"/{name}?")


def differences(connection: Connection) -> Any:
    def is_ours(_: Any, name: str | None, kind: str, *__: Any) -> bool:
        return kind != "table" or name in OURS

    context = MigrationContext.configure(connection, opts={"include_object": is_ours, "compare_server_default": True})
    return compare_metadata(context, SQLModel.metadata)


async def test_the_migrated_tables_are_those_of_the_models(database: Database) -> None:
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    assert await pending_revisions(database, PACKAGE) == []


def test_the_command_migrates_an_empty_database_and_several_at_once(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CATALOG_DATABASE_URL", empty_database_url)
    command = [sys.executable, "-m", "catalog.migrate"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(3)]
    for process in running:
        output = process.communicate(timeout=60)[0].decode()
        assert process.returncode == 0, output


async def test_migrating_again_and_at_once_changes_nothing(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(5)]
    await asyncio.gather(*(migrate(database, PACKAGE) for database in databases))
    assert await pending_revisions(databases[0], PACKAGE) == []
    for database in databases:
        await database.close()


async def test_without_its_tables_the_service_is_not_ready_and_says_what_to_run(
    empty_database_url: str, settings: Settings
) -> None:
    unmigrated = settings.model_copy(update={"database_url": empty_database_url, "run_jobs": False})
    async with client_of(create_app(unmigrated)) as client:
        answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert "run `python -m catalog.migrate`" in answer.json()["detail"]
        database = Database(empty_database_url)
        await migrate(database, PACKAGE)
        await database.close()
        assert (await client.get("/readyz")).status_code == 200
