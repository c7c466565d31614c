"""Schema migrations by Alembic, from the scripts that a service's package carries, and the job queue's own."""

from importlib.resources import files
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from fastapi import Request
from sqlalchemy import Connection, make_url, text

from shared.database import CONNECT_SECONDS, Database, DatabaseUnavailableError
from shared.health import Check, ReadinessCheck
from shared.jobs.queue import install_queue, plain_url

_LOCK = 0x666C6F74
"""Of all migrations, PostgreSQL's advisory lock with this number lets one run at a time."""


async def migrate(database: Database, package: str) -> None:
    """Bring the database, which is made if needed, to the newest revision in `package.migrations`.

    Several may try at the same time. One that a later version has migrated stays as it is.
    """
    await _create_if_missing(database)
    async with database.engine.begin() as connection:
        await connection.execute(text("SET LOCAL statement_timeout = 0"))
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        await connection.run_sync(_upgrade, _config(package))
    await install_queue(database)


async def pending_revisions(database: Database, package: str) -> list[str]:
    """Return the revisions that the database lacks, the newest first.

    None where a later version has migrated it: migrations leave what the version before needs, so that versions can
    run side by side while one replaces the other, and be rolled back.
    """
    script = ScriptDirectory.from_config(_config(package))
    async with database.session() as session:
        current = await (await session.connection()).run_sync(_current)
    if _is_later(current, script):
        return []
    return [step.revision for step in script.iterate_revisions("head", current or "base")]


def database_check(package: str) -> ReadinessCheck:
    """Return the check that the state's `database` answers and lacks no revision of `package.migrations`."""
    migrated = False

    async def check(request: Request) -> Check:
        nonlocal migrated
        database: Database = request.state.database
        try:
            version = await database.ping()
            missing = [] if migrated else await pending_revisions(database, package)
        except DatabaseUnavailableError as error:
            return Check(ready=False, detail=str(error))
        if missing:
            return Check(ready=False, detail=f"The schema is not up to date: run `python -m {package}.migrate`.")
        migrated = True
        return Check(ready=True, detail=f"PostgreSQL {version}")

    return check


async def _create_if_missing(database: Database) -> None:
    url = make_url(plain_url(database))
    try:
        await (await asyncpg.connect(plain_url(database), timeout=CONNECT_SECONDS)).close()
    except asyncpg.InvalidCatalogNameError:
        administrative = url.set(database="postgres").render_as_string(hide_password=False)
        connection = await asyncpg.connect(administrative, timeout=CONNECT_SECONDS)
        try:
            await connection.execute(f'CREATE DATABASE "{url.database}"')
        except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
            pass  # somebody else was faster
        finally:
            await connection.close()


def _config(package: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(str(files(package))) / "migrations"))
    return config


def _upgrade(connection: Connection, config: Config) -> None:
    if _is_later(_current(connection), ScriptDirectory.from_config(config)):
        return
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _is_later(revision: str | None, script: ScriptDirectory) -> bool:
    return revision is not None and all(step.revision != revision for step in script.walk_revisions())


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
