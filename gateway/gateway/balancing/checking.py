"""Active health checks: every instance is asked how it is, whether requests come or not."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random
from time import monotonic
from typing import Final

import structlog

from gateway.balancing.instances import Instance
from gateway.balancing.services import Service
from gateway.wire.errors import EXHAUSTED

Probe = Callable[[str], Awaitable[bool]]
"""Tells whether the instance at a URL, as it is configured, can answer requests; whatever it raises is a no, unless
the gateway itself could open no connection."""

AWAY_SECONDS: Final = 0.25
"""How often one that is out is asked, so that it is used as soon as it is back."""
JITTER: Final = 0.1
"""Intervals differ by up to this part, so that several gateways do not ask in step."""

_log = structlog.get_logger(source="balancing")


class NotCheckedError(Exception):
    """The gateway has no file descriptor or no port left for a check, which says nothing of the instance."""


@dataclass(frozen=True, slots=True)
class _Checks:
    service: Service
    probe: Probe
    every: float
    patience: float
    failures: int
    clock: Callable[[], float]
    random: Random

    async def repeat(self, instance: Instance, delay: float) -> None:
        while True:
            instance.next_check = self.clock() + delay
            await asyncio.sleep(delay)
            began = self.clock()
            try:
                self.note(instance, await complaint(self.probe, instance.url, self.patience))
            except NotCheckedError as error:
                _log.error("no check can be made", service=self.service.name, reason=str(error))
            every = self.every if instance.out_since is None else min(self.every, AWAY_SECONDS)
            interval = every * self.random.uniform(1 - JITTER, 1 + JITTER)
            delay = max(0.0, began + interval - self.clock())

    def note(self, instance: Instance, reason: str | None) -> None:
        if reason is None:
            if instance.check_passed():
                _log.info("instance is back", service=self.service.name, instance=instance.url)
        elif instance.check_failed(self.clock(), self.failures):
            _log.warning("instance is unhealthy", service=self.service.name, instance=instance.url, reason=reason)


async def check_for_ever(
    service: Service,
    probe: Probe,
    *,
    every: float = 2.0,
    patience: float = 2.0,
    failures: int = 2,
    clock: Callable[[], float] = monotonic,
    random: Random | None = None,
) -> None:
    """Check each instance of `service`, also those configured later, about every so many seconds until cancelled.

    After `failures` failed checks in a row an instance is unhealthy, after one that passes it is healthy. A check
    without a result after `patience` seconds has failed; the next one of an instance begins when the last is over.
    """
    checks = _Checks(service, probe, every, patience, failures, clock, random or Random())  # noqa: S311 no secret
    running: dict[Instance, asyncio.Task[None]] = {}
    try:
        while True:
            _match(running, checks)
            await asyncio.sleep(every)
    finally:
        for task in running.values():
            task.cancel()
        await asyncio.gather(*running.values(), return_exceptions=True)


async def complaint(probe: Probe, url: str, patience: float) -> str | None:
    """Return what is wrong with the instance at `url`, None for nothing; a silence of `patience` seconds is wrong.

    Raises NotCheckedError.
    """
    try:
        async with asyncio.timeout(patience):
            return None if await probe(url) else "the check failed"
    except Exception as error:  # a probe that breaks must not end the checks
        if isinstance(error, OSError) and error.errno in EXHAUSTED:
            raise NotCheckedError(str(error)) from error
        return repr(error)


def _match(running: dict[Instance, asyncio.Task[None]], checks: _Checks) -> None:
    """Have one task for each instance; new ones begin spread over an interval."""
    for instance in [one for one, task in running.items() if one not in checks.service.instances or task.done()]:
        running.pop(instance).cancel()
    new = [instance for instance in checks.service.instances if instance not in running]
    for position, instance in enumerate(new):
        delay = checks.every * position / len(new)
        running[instance] = asyncio.create_task(checks.repeat(instance, delay))
