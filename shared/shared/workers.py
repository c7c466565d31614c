"""Blocking work off the event loop, in a bounded number of threads behind a bounded queue."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Depends
from starlette.requests import ClientDisconnect, Request

from shared.errors import OverloadedError

P = ParamSpec("P")
T = TypeVar("T")


class WorkerPool:
    """At most `workers` calls run and at most `queue_size` requests wait; one more is refused at once."""

    def __init__(self, workers: int, queue_size: int) -> None:
        self._limiter = CapacityLimiter(workers)
        self._turn = asyncio.Semaphore(workers)
        self._capacity = workers + queue_size
        self._admitted = 0

    @property
    def admitted(self) -> int:
        """How many requests have a place."""
        return self._admitted

    def check(self, count: int = 1) -> None:
        """Raise OverloadedError if there are not so many places."""
        if self._admitted + count > self._capacity:
            raise OverloadedError(f"All {self._capacity} places are taken; try again in a moment.")

    @contextmanager
    def place(self, count: int = 1) -> Iterator[None]:
        """Hold places from before the body is read until the answer is made; raises OverloadedError."""
        self.check(count)
        self._admitted += count
        try:
            yield
        finally:
            self._admitted -= count

    async def run(self, request: Request, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` in a thread when its turn comes.

        Raises ClientDisconnect when the client of `request` hangs up in the meantime.
        """
        work = self.run_later(function, *args, **kwargs)
        return await (unless_gone(request, work) if self._turn.locked() else work)

    async def run_later(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` in a thread when its turn comes, whether its client is still there or not."""
        async with self._turn:
            return await to_thread.run_sync(lambda: function(*args, **kwargs), limiter=self._limiter)


async def unless_gone(request: Request, work: Awaitable[T]) -> T:
    """Return what `work` comes to; cancel it when the client hangs up before.

    Raises ClientDisconnect then, once the work is over.
    """
    working = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_disconnect(request))
    try:
        await asyncio.wait((working, gone), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientDisconnect
    finally:
        gone.cancel()
        working.cancel()
        await asyncio.gather(working, gone, return_exceptions=True)


async def _held_place(request: Request) -> AsyncIterator[WorkerPool]:
    pool: WorkerPool = request.state.pool
    with pool.place():
        yield pool


PoolDep = Annotated[WorkerPool, Depends(_held_place, scope="function")]
"""Dependency: the state's `pool`, with a place held from before the body is read; raises OverloadedError."""


async def _disconnect(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
