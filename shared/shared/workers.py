"""Blocking work off the event loop, in a bounded number of threads behind a bounded queue."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
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

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place from before the body is read until the answer is made; raises OverloadedError."""
        if self._admitted >= self._capacity:
            raise OverloadedError(f"All {self._capacity} places are taken; try again in a moment.")
        self._admitted += 1
        try:
            yield
        finally:
            self._admitted -= 1

    async def run(self, request: Request, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` in a thread when its turn comes.

        Raises ClientDisconnect, without running, when the client of `request` hangs up in the meantime.
        """
        await self._wait_for_turn(request)
        try:
            return await to_thread.run_sync(lambda: function(*args, **kwargs), limiter=self._limiter)
        finally:
            self._turn.release()

    async def _wait_for_turn(self, request: Request) -> None:
        if not self._turn.locked():
            await self._turn.acquire()
            return
        turn = asyncio.ensure_future(self._turn.acquire())
        gone = asyncio.ensure_future(_disconnect(request))
        try:
            await asyncio.wait((turn, gone), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            if not turn.cancel():
                self._turn.release()
            raise
        finally:
            gone.cancel()
        if turn.cancel():
            raise ClientDisconnect


async def _held_place(request: Request) -> AsyncIterator[WorkerPool]:
    pool: WorkerPool = request.state.pool
    with pool.place():
        yield pool


PoolDep = Annotated[WorkerPool, Depends(_held_place, scope="function")]
"""Dependency: the state's `pool`, with a place held from before the body is read; raises OverloadedError."""


async def _disconnect(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
