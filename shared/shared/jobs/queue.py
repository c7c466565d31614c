"""Background jobs that survive a kill: PgQueuer, on the service's own PostgreSQL.

A job is taken by one worker at a time, which says every few seconds that it lives; when it no longer does, another
one takes the job. So a job writes down how far it is, and may be run again from there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg
import structlog
from pgqueuer import PgQueuer
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver, AsyncpgPoolDriver
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.settings import db_settings
from pgqueuer.models import Job
from sqlalchemy import ColumnElement, LargeBinary, column, func, select, table
from sqlalchemy.orm import Mapped
from sqlmodel.ext.asyncio.session import AsyncSession

from shared.database import CONNECT_SECONDS, Database, driver_connection

LOST_AFTER: Final = timedelta(seconds=10)
"""A worker that has said nothing for so long is taken for dead."""

POLL: Final = timedelta(seconds=2)
RECONNECT_SECONDS: Final = 2
MAX_JOBS: Final = 4
"""Of one worker at the same time."""

Handler = Callable[[UUID], Awaitable[None]]
"""Runs the job with this id, or goes on with it."""

_log = structlog.get_logger(source="jobs")


class RetryLaterError(Exception):
    """Raised by a handler: the job is not done, and is to be gone on with after `seconds`."""

    def __init__(self, reason: str, seconds: float = 0) -> None:
        super().__init__(reason)
        self.seconds = seconds


async def install_queue(database: Database) -> None:
    """Create the queue's tables, or bring them up to date."""
    connection = await asyncpg.connect(plain_url(database), timeout=CONNECT_SECONDS)
    try:
        queries = Queries(AsyncpgDriver(connection))
        async with queries.schema_lock():
            missing = not await queries.schema_is_installed()
            if missing:
                await queries.install()
        if not missing:
            await queries.upgrade()
    finally:
        await connection.close()


async def enqueue(session: AsyncSession, kind: str, job_id: UUID) -> None:
    """Have a worker run the handler of `kind` for `job_id` as soon as the transaction is committed."""
    await Queries(AsyncpgDriver(await driver_connection(session))).enqueue(kind, job_id.bytes)


def is_queued(job_id: Mapped[UUID]) -> ColumnElement[bool]:
    """Return the SQL expression of whether the queue has the job, waiting or taken by a worker.

    An unfinished one that it has not is lost: PgQueuer drops a job that could not be put back, as when the database
    went away at that moment. It is to be enqueued again.
    """
    queue = table(db_settings().queue_table, column("payload", LargeBinary))
    return select(queue.c.payload).where(queue.c.payload == func.uuid_send(job_id)).exists()


async def work(database: Database, handlers: Mapping[str, Handler], stopping: asyncio.Event) -> None:
    """Run jobs until `stopping`; when the database goes away, wait until it is back."""
    while not stopping.is_set():
        try:
            await _work_until_lost(database, handlers, stopping)
        except Exception as error:  # noqa: BLE001 whatever ended it, jobs are to be run when it is over
            _log.warning("no jobs are run for now", reason=str(error) or type(error).__name__)
        await wait_for(stopping, RECONNECT_SECONDS)


async def wait_for(event: asyncio.Event, seconds: float) -> None:
    """Wait until `event` is set, at most so long."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass


def plain_url(database: Database) -> str:
    """Return the URL as asyncpg takes it."""
    return database.url.set(drivername="postgresql").render_as_string(hide_password=False)


async def _work_until_lost(database: Database, handlers: Mapping[str, Handler], stopping: asyncio.Event) -> None:
    async with asyncpg.create_pool(plain_url(database), min_size=2, max_size=2, timeout=CONNECT_SECONDS) as pool:
        queuer = PgQueuer(AsyncpgPoolDriver(pool))
        for kind, handler in handlers.items():
            queuer.entrypoint(kind, on_failure="delete")(_entrypoint(handler))
        stopper = asyncio.create_task(_stop(queuer, stopping))
        try:
            await queuer.run(
                dequeue_timeout=POLL,
                batch_size=1,
                max_concurrent_tasks=MAX_JOBS,
                shutdown_on_listener_failure=True,
                heartbeat_timeout=LOST_AFTER,
            )
        finally:
            stopper.cancel()


async def _stop(queuer: PgQueuer, stopping: asyncio.Event) -> None:
    await stopping.wait()
    queuer.shutdown.set()


def _entrypoint(handler: Handler) -> Callable[[Job], Awaitable[None]]:
    async def run(job: Job) -> None:
        assert job.payload is not None
        try:
            await handler(UUID(bytes=job.payload))
        except RetryLaterError as error:
            raise RetryRequested(timedelta(seconds=error.seconds), str(error)) from error

    return run
