"""A service that was there a moment ago is taken for one that restarts: requests wait for it, for a while."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Final

import structlog

from gateway.balancing.checking import NotCheckedError, Probe, complaint
from gateway.balancing.instances import Instance
from gateway.balancing.services import Service, UnavailableError

PROBE_SECONDS: Final = 1.0

_log = structlog.get_logger(source="balancing")


class Outage:
    """Lets up to `max_waiting` requests wait while all instances of `service` are out for less than `wait_seconds`.

    While somebody waits, every instance is probed each `poll_seconds`; `wait_seconds` may be changed at any time, and
    0 lets nobody wait.
    """

    def __init__(
        self,
        service: Service,
        probe: Probe,
        *,
        wait_seconds: float = 10.0,
        max_waiting: int = 100,
        poll_seconds: float = 0.1,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.wait_seconds = wait_seconds
        self._service = service
        self._probe = probe
        self._max_waiting = max_waiting
        self._poll_seconds = poll_seconds
        self._clock = clock
        self._waiting: set[asyncio.Future[None]] = set()
        self._polling: dict[Instance, asyncio.Task[None]] = {}
        service.on_return(self._wake)

    @property
    def waiting(self) -> int:
        """How many requests wait."""
        return len(self._waiting)

    def seconds_left(self, now: float) -> float:
        """Return how long a request may wait from `now`, a monotonic time; 0 where waiting is of no use."""
        since = self._service.out_since
        return 0.0 if since is None else max(0.0, since + self.wait_seconds - now)

    async def wait_until_available(self) -> None:
        """Return as soon as an instance is seen again, or others are configured.

        Raises UnavailableError when that takes too long, and at once where the service is not out (all breakers are
        open) or has been for too long, or where too many wait already.
        """
        now = self._clock()
        seconds = self.seconds_left(now)
        if not seconds:
            raise self._service.unavailable(now)
        if len(self._waiting) >= self._max_waiting:
            many = f"The {self._service.name} service is away and {self._max_waiting} requests wait for it already"
            raise UnavailableError(many, now, now)
        await self._wait(seconds)

    async def _wait(self, seconds: float) -> None:
        if not self._waiting:
            _log.warning("service is out", service=self._service.name, waits_seconds=round(seconds, 1))
        returned = asyncio.get_running_loop().create_future()
        self._waiting.add(returned)
        self._poll_all()
        try:
            async with asyncio.timeout(seconds):
                await returned
        except TimeoutError:
            raise self._service.unavailable(self._clock()) from None
        finally:
            self._waiting.discard(returned)
            if not self._waiting:
                self._stop_polling()

    def _wake(self) -> None:
        if self._service.out_since is not None:
            return
        for returned in self._waiting:
            if not returned.done():
                returned.set_result(None)

    def _poll_all(self) -> None:
        for instance in self._service.instances:
            polling = self._polling.get(instance)
            if instance.out_since is not None and (polling is None or polling.done()):
                self._polling[instance] = asyncio.create_task(self._poll(instance))

    def _stop_polling(self) -> None:
        for task in self._polling.values():
            task.cancel()
        self._polling.clear()

    async def _poll(self, instance: Instance) -> None:
        while True:
            with suppress(NotCheckedError):
                if await self._is_back(instance):
                    return
            await asyncio.sleep(self._poll_seconds)

    async def _is_back(self, instance: Instance) -> bool:
        if await complaint(self._probe, instance.url, PROBE_SECONDS) is not None:
            instance.refused(self._clock())
            return False
        if instance.check_passed():
            _log.info("instance is back", service=self._service.name, instance=instance.url)
        return True
