"""Every service is restarted in turn under load, with two instances of each: no request fails, not even a write."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

import pytest

from fleet.load.disturbed import DisturbedFleet
from fleet.load.mix import SERVICES, mixed_load

pytestmark = pytest.mark.chaos


@asynccontextmanager
async def doubled(fleet: DisturbedFleet) -> AsyncIterator[dict[str, list[int]]]:
    """Have two instances of every service; yield the ports of both."""
    seconds = {}
    for service in SERVICES:
        seconds[service] = fleet.start_second(service)
        await fleet.until_up(seconds[service])
    both = {service: [fleet.ports[service], seconds[service]] for service in SERVICES}
    await fleet.route(both)
    try:
        yield both
    finally:
        await fleet.route({service: [fleet.ports[service]] for service in SERVICES})
        for service in SERVICES:
            second = fleet.beside(f"{service}-2")
            second.terminate()
            await asyncio.to_thread(second.wait)


async def restart_first(fleet: DisturbedFleet, service: str) -> None:
    pid = fleet.pid_of(service)
    os.kill(pid, signal.SIGTERM)
    await fleet.until_gone(pid)
    await fleet.until_up(fleet.ports[service])


async def restart_second(fleet: DisturbedFleet, service: str) -> None:
    second = fleet.beside(f"{service}-2")
    second.terminate()
    assert await asyncio.to_thread(second.wait) == 0
    await fleet.until_up(fleet.start_second(service))


async def test_a_rolling_restart_of_all_services_fails_no_request(
    fleet: DisturbedFleet, verdict_of: Callable[..., Any]
) -> None:
    async with doubled(fleet) as both, mixed_load(fleet.url, seed="rolling", pause=0.1) as load:
        verdict, began = verdict_of(load), monotonic()
        for service in SERVICES:
            await restart_first(fleet, service)
            await fleet.route(both)
            await restart_second(fleet, service)
            await fleet.route(both)
        verdict.say(f"all instances restarted in {monotonic() - began:.0f} s")
        await verdict.holds(disturbed=set())
