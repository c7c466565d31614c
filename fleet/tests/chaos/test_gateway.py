"""The gateway itself is killed, halted and restarted under load: its clients see that, and nothing behind it does."""

import asyncio
import os
import signal
from collections.abc import Callable
from time import monotonic
from typing import Any, Final

import pytest

from fleet.load.caller import CUT_OFF, NOT_CONNECTED
from fleet.load.disturbed import DisturbedFleet
from fleet.load.mix import SERVICES, mixed_load

pytestmark = pytest.mark.chaos

HALT_SECONDS: Final = 4.0
SEEN_BY_CLIENTS: Final = {NOT_CONNECTED, CUT_OFF}
"""What there is on a port that one process alone listens on, while that is away."""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "restarted"])
async def test_a_gateway_that_ends_is_back_and_nothing_was_lost(
    fleet: DisturbedFleet, verdict_of: Callable[..., Any], number: signal.Signals
) -> None:
    async with mixed_load(fleet.url, seed=f"gateway {number}") as load:
        verdict = verdict_of(load)
        await asyncio.sleep(2)
        ended, pid = monotonic(), fleet.pid_of("gateway")
        os.kill(pid, number)
        await fleet.until_gone(pid)
        up = await fleet.until_up(fleet.ports["gateway"])
        verdict.say(f"gateway: its process was ready again after {up - ended:.1f} s")
        for service in SERVICES:
            await verdict.recovery(service, up)
        await verdict.holds(disturbed=set(SERVICES), refusals=SEEN_BY_CLIENTS)
        verdict.say(f"gateway: {dict(load.ledger.refusals())}")


async def test_clients_that_try_again_see_nothing_of_a_gateway_that_restarts(
    fleet: DisturbedFleet, verdict_of: Callable[..., Any]
) -> None:
    async with mixed_load(fleet.url, seed="gateway retries", retries=60) as load:
        verdict = verdict_of(load)
        await asyncio.sleep(2)
        pid = fleet.pid_of("gateway")
        os.kill(pid, signal.SIGTERM)
        await fleet.until_gone(pid)
        await fleet.until_up(fleet.ports["gateway"])
        await verdict.holds(disturbed={"catalog", "debugger"}, refusals=SEEN_BY_CLIENTS)
        assert {kind for kind, tally in load.ledger.tallies.items() if tally.refused} <= {
            "catalog.label",
            "debugger.decide",
        }


async def test_a_halted_gateway_goes_on_where_it_was(fleet: DisturbedFleet, verdict_of: Callable[..., Any]) -> None:
    async with mixed_load(fleet.url, seed="gateway halted") as load:
        verdict = verdict_of(load)
        await asyncio.sleep(2)
        pid = fleet.pid_of("gateway")
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(HALT_SECONDS)
        os.kill(pid, signal.SIGCONT)
        back = monotonic()
        for service in SERVICES:
            await verdict.recovery(service, back)
        await verdict.holds(disturbed=set())
