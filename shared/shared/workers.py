"""Blocking work off the event loop, in a bounded number of threads behind a bounded queue."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request

from shared.errors import OverloadedError, ProblemError

P = ParamSpec("P")
T = TypeVar("T")


class ClientGoneError(ProblemError):
    """The client hung up while its request waited; nobody reads this answer."""

    def __init__(self) -> None:
        super().__init__(503, "The client closed the connection before its turn came.")


class WorkerPool:
    """At most `workers` calls run and at most `queue_size` wait; one more is refused at once."""

    def __init__(self, workers: int, queue_size: int) -> None:
        self._limiter = CapacityLimiter(workers)
        self._turn = asyncio.Semaphore(workers)
        self._capacity = workers + queue_size
        self._admitted = 0

    @property
    def admitted(self) -> int:
        """How many calls run or wait."""
        return self._admitted

    def ensure_room(self) -> None:
        """Raise OverloadedError when the queue is full; ask before reading a body that would be for nothing."""
        if self._admitted >= self._capacity:
            raise OverloadedError(f"All {self._capacity} places are taken; try again in a moment.")

    async def run(self, request: Request, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` in a thread when its turn comes.

        Raises OverloadedError when the queue is full, and ClientGoneError, without running, when the client
        of `request` has hung up in the meantime.
        """
        self.ensure_room()
        self._admitted += 1
        try:
            async with self._turn:
                if await request.is_disconnected():
                    raise ClientGoneError
                return await to_thread.run_sync(lambda: function(*args, **kwargs), limiter=self._limiter)
        finally:
            self._admitted -= 1
