"""PostgreSQL: a bounded pool of connections, a transaction a request, and one error when the database is away."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Annotated, Final

import asyncpg
from fastapi import Depends, Request
from sqlalchemy import URL, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidatePoolError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.ext.asyncio import AsyncSession as CoreAsyncSession
from sqlalchemy.orm import Session as CoreSession
from sqlmodel import Session
from sqlmodel.ext.asyncio.session import AsyncSession

CONNECT_SECONDS: Final = 3
LONG_SECONDS: Final = 600
_SAFE: Final = frozenset({"GET", "HEAD"})
UNAVAILABLE_CLASSES: Final = ("08", "28", "40", "53", "57")
"""SQLSTATE classes: connection exception, login refused (as while a password is exchanged), transaction rollback (as
after a deadlock), insufficient resources, operator intervention (also a query's time-out)."""


class DatabaseUnavailableError(Exception):
    """The database cannot be reached, lets nobody in, is stopping, had no free connection in time, or gave up."""


class _Session(Session):
    execute = CoreSession.execute  # type: ignore[assignment,unused-ignore]


class _AsyncSession(AsyncSession):
    """SQLModel's, without its warning that `exec` is meant: that takes no text."""

    sync_session_class = _Session
    execute = CoreAsyncSession.execute  # type: ignore[assignment,unused-ignore]


class Database:
    """A pool of at most `pool_size` connections; one more caller waits `wait_seconds` and is then refused.

    A statement runs at most `statement_seconds`.
    """

    def __init__(self, url: str, *, pool_size: int = 10, wait_seconds: float = 5, statement_seconds: int = 30) -> None:
        self.url = asyncpg_url(url)
        self.engine: AsyncEngine = create_async_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=wait_seconds,
            enable_from_linting=False,  # it takes what is joined inside a LATERAL for a cartesian product
            connect_args={
                "timeout": CONNECT_SECONDS,
                "server_settings": {
                    "jit": "off",  # compiling costs more than any of our queries
                    "plan_cache_mode": "force_custom_plan",  # rare and common values need different plans
                    "statement_timeout": f"{statement_seconds}s",
                    "timezone": "UTC",
                },
            },
        )
        event.listen(self.engine.sync_engine, "checkout", _refuse_closed)
        snapshots = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._writers = async_sessionmaker(self.engine, class_=_AsyncSession, expire_on_commit=False)
        self._readers = async_sessionmaker(snapshots, class_=_AsyncSession, expire_on_commit=False)

    def session(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Yield a session in a transaction that is committed at the end, or rolled back after an error.

        Raises DatabaseUnavailableError where the database is the cause.
        """
        return _transaction(self._writers)

    def reading(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Yield a session whose statements all see the data as they are at its first one, and change nothing.

        Raises DatabaseUnavailableError where the database is the cause.
        """
        return _transaction(self._readers)

    async def ping(self) -> str:
        """Return the version of PostgreSQL that answers; raises DatabaseUnavailableError."""
        async with self.session() as session:
            version: str = (await session.execute(text("SHOW server_version"))).scalar_one()
            return version.partition(" ")[0]

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


@asynccontextmanager
async def _transaction(sessions: async_sessionmaker[_AsyncSession]) -> AsyncIterator[AsyncSession]:
    try:
        async with sessions.begin() as session:
            yield session
    except (DBAPIError, PoolTimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        if not _is_unavailable(error):
            raise
        raise DatabaseUnavailableError(_REASONS.get(_sqlstate(error), _AWAY)) from error


def _refuse_closed(connection: DBAPIConnection, *_: object) -> None:
    """Have the pool connect anew where the server has closed the connection; that is known without asking it."""
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError


def asyncpg_url(url: str) -> URL:
    """Return `url` (`postgresql://…` or `postgres://…`) for SQLAlchemy on asyncpg."""
    return make_url(url).set(drivername="postgresql+asyncpg")


async def _open_session(request: Request) -> AsyncIterator[AsyncSession]:
    database: Database = request.state.database
    async with database.reading() if request.method in _SAFE else database.session() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(_open_session, scope="function")]
"""Dependency: a transaction on the state's `database`, committed before the answer is sent; GET only reads."""


async def allow_long_statements(session: AsyncSession) -> None:
    """Let each statement of the transaction take `LONG_SECONDS`: for what goes through millions of rows."""
    await session.execute(text(f"SET LOCAL statement_timeout = '{LONG_SECONDS}s'"))


async def update_statistics(session: AsyncSession, *tables: str) -> None:
    """Let PostgreSQL plan by what is in the tables now; when many rows have just come it expects few."""
    await session.execute(text(f"ANALYZE {', '.join(tables)}"))


async def driver_connection(session: AsyncSession) -> asyncpg.Connection:
    """Return the asyncpg connection under `session`, in the same transaction: for COPY."""
    connection = await (await session.connection()).get_raw_connection()
    assert isinstance(connection.driver_connection, asyncpg.Connection)
    return connection.driver_connection


_AWAY = "The database does not answer; try again in a moment."
_CROSSED = "Others were changing the same at the same time; try again."
_REASONS = {
    "57014": "The database took too long for this; ask for less at once.",
    "40P01": _CROSSED,
    "40001": _CROSSED,
}


def _sqlstate(error: Exception) -> str:
    return str(getattr(error.orig if isinstance(error, DBAPIError) else error, "sqlstate", None) or "")


def _is_unavailable(error: Exception) -> bool:
    if isinstance(error, DBAPIError) and (error.connection_invalidated or isinstance(error, InterfaceError)):
        return True
    if isinstance(error, (DBAPIError, asyncpg.PostgresError)):
        return _sqlstate(error)[:2] in UNAVAILABLE_CLASSES
    return True
