"""A transaction is kept or undone as a whole, and a database that is away is told from a mistake of ours."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.database import Database, DatabaseUnavailableError, SessionDep, driver_connection
from shared.embedded import embedded_postgres


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    # Not in pytest's folder: each run of pytest closes that to all other users, and root's server runs as another one.
    with TemporaryDirectory(prefix="postgres-") as folder, embedded_postgres(Path(folder) / "data") as url:
        yield url


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    database = Database(url, pool_size=2, wait_seconds=0.2, statement_seconds=1)
    async with database.session() as session:
        await session.execute(text("DROP TABLE IF EXISTS numbers"))
        await session.execute(text("CREATE TABLE numbers (number integer PRIMARY KEY)"))
    yield database
    await database.close()


async def numbers(database: Database) -> list[int]:
    async with database.session() as session:
        return list((await session.execute(text("SELECT number FROM numbers ORDER BY 1"))).scalars())


async def test_a_transaction_is_kept_or_undone_as_a_whole(database: Database) -> None:
    async with database.session() as session:
        await session.execute(text("INSERT INTO numbers VALUES (1)"))
        await (await driver_connection(session)).copy_records_to_table("numbers", records=[(2,)])
    with suppress(RuntimeError):
        async with database.session() as session:
            await session.execute(text("INSERT INTO numbers VALUES (3)"))
            await (await driver_connection(session)).copy_records_to_table("numbers", records=[(4,)])
            raise RuntimeError
    assert await numbers(database) == [1, 2]


async def test_who_reads_sees_one_state_of_the_data_and_changes_nothing(database: Database) -> None:
    async with database.reading() as session:
        count = text("SELECT count(*) FROM numbers")
        assert (await session.execute(count)).scalar_one() == 0
        async with database.session() as other:
            await other.execute(text("INSERT INTO numbers VALUES (1)"))
        assert (await session.execute(count)).scalar_one() == 0
    with pytest.raises(DBAPIError, match="read-only transaction"):
        async with database.reading() as session:
            await session.execute(text("DELETE FROM numbers"))
    async with database.session() as session:  # on the same connections, which write again
        await session.execute(text("INSERT INTO numbers VALUES (2)"))
    assert await numbers(database) == [1, 2]


@pytest.mark.parametrize(
    ("method", "told"), [("GET", (["repeatable read"], ["on"])), ("POST", (["read committed"], ["off"]))]
)
async def test_what_a_request_may_do_is_told_by_its_method(database: Database, method: str, told: Any) -> None:
    app = FastAPI()

    @app.api_route("/", methods=["GET", "POST"])
    async def show(session: SessionDep) -> list[list[str]]:
        shown = ("SHOW transaction_isolation", "SHOW transaction_read_only")
        return [list((await session.execute(text(each))).scalars()) for each in shown]

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(_with(app, database=database))) as client:
        answer = await client.request(method, "http://service/")
    assert tuple(answer.json()) == told


def _with(app: ASGIApp, **state: Any) -> ASGIApp:
    async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": state}, receive, send)

    return with_state


async def test_a_mistake_is_not_taken_for_a_database_that_is_away(database: Database) -> None:
    for statement, kind in (("INSERT INTO numbers VALUES (1), (1)", IntegrityError), ("SELECT 1/0", DBAPIError)):
        with pytest.raises(kind):
            async with database.session() as session:
                await session.execute(text(statement))
    assert await numbers(database) == []


async def test_a_statement_that_takes_too_long_is_ended(database: Database) -> None:
    with pytest.raises(DatabaseUnavailableError):
        async with database.session() as session:
            await session.execute(text("SELECT pg_sleep(10)"))
    await database.ping()


async def test_a_connection_that_the_server_has_closed_is_replaced(database: Database) -> None:
    async with database.session() as session:
        own = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        pooled = await driver_connection(session)
    connection = await asyncpg.connect(database.url.set(drivername="postgresql").render_as_string(False))
    await connection.execute("SELECT pg_terminate_backend($1)", own)
    await connection.close()
    for _ in range(1000):
        if pooled.is_closed():
            break
        await asyncio.sleep(0.01)
    async with database.session() as session:
        assert (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one() != own


async def test_one_more_caller_than_connections_waits_not_for_ever(database: Database) -> None:
    async with database.session() as one, database.session() as other:
        await one.execute(text("SELECT 1"))
        await other.execute(text("SELECT 1"))
        with pytest.raises(DatabaseUnavailableError):
            async with asyncio.timeout(5):
                await database.ping()
    await database.ping()


async def test_of_those_who_wait_in_a_circle_one_is_told_to_try_again(database: Database) -> None:
    async with database.session() as session:
        await session.execute(text("INSERT INTO numbers VALUES (1), (2)"))
    both_hold_one = asyncio.Barrier(2)

    async def lock(*order: int) -> None:
        async with database.session() as session:
            await session.execute(text("SET LOCAL deadlock_timeout = '50ms'"))
            await session.execute(text(f"SELECT 1 FROM numbers WHERE number = {order[0]} FOR UPDATE"))  # noqa: S608
            await both_hold_one.wait()
            await session.execute(text(f"SELECT 1 FROM numbers WHERE number = {order[1]} FOR UPDATE"))  # noqa: S608

    outcomes = await asyncio.gather(lock(1, 2), lock(2, 1), return_exceptions=True)
    assert sorted(str(type(outcome).__name__) for outcome in outcomes) == ["DatabaseUnavailableError", "NoneType"]


async def test_a_connection_that_the_server_has_ended_is_replaced(database: Database) -> None:
    with pytest.raises(DatabaseUnavailableError):
        async with database.session() as session:
            await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    for _ in range(3):
        await database.ping()


async def test_a_database_that_lets_nobody_in_is_unavailable(url: str) -> None:
    database = Database(url.replace("//postgres:", "//nobody:"))
    with pytest.raises(DatabaseUnavailableError):
        await database.ping()
    await database.close()


@pytest.mark.parametrize("address", ["postgresql://nobody@127.0.0.1:1/x", "postgres:///x?host=/nowhere"])
async def test_a_database_that_is_not_there_is_unavailable(address: str) -> None:
    database = Database(address)
    with pytest.raises(DatabaseUnavailableError):
        await database.ping()
    await database.close()
