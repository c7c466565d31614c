"""The embedded PostgreSQL of each service is killed and halted under load: it comes back by itself, with all in it."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any, Final

import pytest

from fleet.load.disturbed import DisturbedFleet
from fleet.load.mix import mixed_load

pytestmark = pytest.mark.chaos

HALT_SECONDS: Final = 4.0
WITH_DATABASE: Final = ("catalog", "debugger")


def children_of(pid: int) -> list[int]:
    """Return the processes of a postmaster."""
    found = (Path(f"/proc/{pid}/task") / str(pid) / "children").read_text(encoding="ascii")
    return [int(child) for child in found.split()]


def connection_of(postmaster: int) -> int:
    """Return a process that serves a connection."""
    commands = {child: Path(f"/proc/{child}/cmdline").read_bytes() for child in children_of(postmaster)}
    return next(child for child, command in commands.items() if b"[local]" in command)


@pytest.mark.parametrize("service", WITH_DATABASE)
async def test_a_database_one_of_whose_connections_is_killed_recovers(
    fleet: DisturbedFleet, verdict_of: Callable[..., Any], service: str
) -> None:
    async with mixed_load(fleet.url, seed=f"connection {service}") as load:
        verdict = verdict_of(load)
        await asyncio.sleep(2)
        os.kill(connection_of(fleet.postmaster_of(service)), signal.SIGKILL)
        back = await fleet.until_up(fleet.ports[service])
        await verdict.recovery(service, back)
        await verdict.holds(disturbed={service})


@pytest.mark.parametrize("service", WITH_DATABASE)
async def test_a_killed_database_is_started_again_and_has_lost_nothing(
    fleet: DisturbedFleet, verdict_of: Callable[..., Any], service: str
) -> None:
    async with mixed_load(fleet.url, seed=f"database {service}") as load:
        verdict = verdict_of(load)
        await asyncio.sleep(2)
        killed, postmaster = monotonic(), fleet.postmaster_of(service)
        for pid in (postmaster, *children_of(postmaster)):
            os.kill(pid, signal.SIGKILL)
        await fleet.until_gone(postmaster)
        up = await fleet.until_up(fleet.ports[service])
        verdict.say(f"database of {service} killed: it was there again after {up - killed:.1f} s")
        await verdict.recovery(service, up)
        await verdict.holds(disturbed={service})


@pytest.mark.parametrize("service", WITH_DATABASE)
async def test_a_halted_database_goes_on_where_it_was(
    fleet: DisturbedFleet, verdict_of: Callable[..., Any], service: str
) -> None:
    async with mixed_load(fleet.url, seed=f"halt database {service}") as load:
        verdict = verdict_of(load)
        await asyncio.sleep(2)
        postmaster = fleet.postmaster_of(service)
        halted = (postmaster, *children_of(postmaster))
        for pid in halted:
            os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(HALT_SECONDS)
        for pid in halted:
            os.kill(pid, signal.SIGCONT)
        await verdict.recovery(service, monotonic())
        await verdict.holds(disturbed={service})
