"""The migrations make the tables that the models describe."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

import shared.jobs.tables
from debugger import tables
from debugger.storage import PACKAGE
from shared.database import Database
from shared.migrations import migrate, pending_revisions
from shared.testing_databases import named

OURS = {
    model.__tablename__
    for module in (tables, shared.jobs.tables)
    for model in vars(module).values()
    if hasattr(model, "__tablename__")
}


def differences(connection: Connection) -> Any:
    def is_ours(_: Any, name: str | None, kind: str, *__: Any) -> bool:
        return kind != "table" or name in OURS

    context = MigrationContext.configure(connection, opts={"include_object": is_ours, "compare_server_default": True})
    return compare_metadata(context, SQLModel.metadata)


async def test_the_migrated_tables_are_those_of_the_models(database: Database) -> None:
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    assert await pending_revisions(database, PACKAGE) == []


async def test_a_database_that_is_not_there_is_made(postgres: str) -> None:
    database = Database(named(postgres, "brand_new"))
    await migrate(database, PACKAGE)
    assert await pending_revisions(database, PACKAGE) == []
    await database.close()


async def test_a_schema_that_a_later_version_migrated_is_left_and_used(postgres: str) -> None:
    database = Database(named(postgres, "from_the_future"))
    await migrate(database, PACKAGE)
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await migrate(database, PACKAGE)
    assert await pending_revisions(database, PACKAGE) == []
    async with database.engine.connect() as connection:
        assert await connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    await database.close()
