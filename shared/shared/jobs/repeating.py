"""What a worker does now and then beside its jobs."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from shared.database import DatabaseUnavailableError
from shared.jobs.queue import wait_for

_log = structlog.get_logger(source="work")


async def repeat(task: Callable[[], Awaitable[None]], seconds: float, stopping: asyncio.Event) -> None:
    """Do the task every so many seconds until `stopping`; what goes wrong is logged and tried again the next time."""
    while not stopping.is_set():
        try:
            await task()
        except DatabaseUnavailableError as error:
            _log.warning("not done", task=task.__name__, reason=str(error))
        except Exception:  # noqa: BLE001 such as an object store's; the next time it may work
            _log.exception("not done", task=task.__name__)
        await wait_for(stopping, seconds)
