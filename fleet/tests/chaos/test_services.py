"""Each service in turn is killed, halted and restarted under load: nothing is lost or wrong, the others go on."""

import asyncio
import os
import signal
from collections.abc import Callable
from time import monotonic
from typing import Any, Final

import pytest

from fleet.load.disturbed import DisturbedFleet
from fleet.load.mix import SERVICES, mixed_load

pytestmark = pytest.mark.chaos

HALT_SECONDS: Final = 4.0


@pytest.mark.parametrize("service", SERVICES)
async def test_a_killed_service_comes_back_and_has_lost_nothing(
    fleet: DisturbedFleet, verdict_of: Callable[..., Any], service: str
) -> None:
    async with mixed_load(fleet.url, seed=f"kill {service}") as load:
        verdict = verdict_of(load)
        await asyncio.sleep(2)
        killed, pid = monotonic(), fleet.pid_of(service)
        os.kill(pid, signal.SIGKILL)
        await fleet.until_gone(pid)
        up = await fleet.until_up(fleet.ports[service])
        verdict.say(f"{service} killed: its process was ready again after {up - killed:.1f} s")
        await verdict.recovery(service, up)
        await verdict.holds(disturbed={service})


@pytest.mark.parametrize("service", SERVICES)
async def test_a_halted_service_goes_on_where_it_was(
    fleet: DisturbedFleet, verdict_of: Callable[..., Any], service: str
) -> None:
    async with mixed_load(fleet.url, seed=f"halt {service}") as load:
        verdict = verdict_of(load)
        await asyncio.sleep(2)
        pid = fleet.pid_of(service)
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(HALT_SECONDS)
        os.kill(pid, signal.SIGCONT)
        await verdict.recovery(service, monotonic())
        await verdict.holds(disturbed={service})


@pytest.mark.parametrize("service", SERVICES)
async def test_a_restarted_service_fails_no_request(
    fleet: DisturbedFleet, verdict_of: Callable[..., Any], service: str
) -> None:
    async with mixed_load(fleet.url, seed=f"restart {service}") as load:
        verdict = verdict_of(load)
        await asyncio.sleep(2)
        ended, pid = monotonic(), fleet.pid_of(service)
        os.kill(pid, signal.SIGTERM)
        await fleet.until_gone(pid)
        up = await fleet.until_up(fleet.ports[service])
        verdict.say(f"{service} restarted: its process was ready again after {up - ended:.1f} s")
        await verdict.recovery(service, up)
        await verdict.holds(disturbed=frozenset())
