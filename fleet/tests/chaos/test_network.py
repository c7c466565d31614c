"""The line between the gateway and each service in turn is cut, and falls silent, under load."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, Final

import pytest

from fleet.load.disturbed import DisturbedFleet
from fleet.load.mix import SERVICES, mixed_load
from fleet.load.relay import Relay

pytestmark = pytest.mark.chaos

AWAY_SECONDS: Final = 5.0


@asynccontextmanager
async def relayed(fleet: DisturbedFleet, service: str) -> AsyncIterator[Relay]:
    """Have the gateway reach a service through a relay."""
    async with Relay(fleet.ports[service]) as relay:
        await fleet.route({service: [relay.port]})
        try:
            yield relay
        finally:
            await relay.mend()
            await fleet.route({service: [fleet.ports[service]]})


@pytest.mark.parametrize("service", SERVICES)
async def test_a_line_that_is_cut_is_used_again_when_it_is_mended(
    fleet: DisturbedFleet, verdict_of: Callable[..., Any], service: str
) -> None:
    async with relayed(fleet, service) as relay, mixed_load(fleet.url, seed=f"cut {service}") as load:
        verdict = verdict_of(load)
        await asyncio.sleep(2)
        await relay.cut()
        await asyncio.sleep(AWAY_SECONDS)
        await relay.mend()
        await verdict.recovery(service, monotonic())
        await verdict.holds(disturbed={service})


@pytest.mark.parametrize("service", SERVICES)
async def test_a_line_that_falls_silent_is_used_again_when_it_speaks(
    fleet: DisturbedFleet, verdict_of: Callable[..., Any], service: str
) -> None:
    async with relayed(fleet, service) as relay, mixed_load(fleet.url, seed=f"silence {service}") as load:
        verdict = verdict_of(load)
        await asyncio.sleep(2)
        relay.silence()
        await asyncio.sleep(AWAY_SECONDS)
        await relay.mend()
        await verdict.recovery(service, monotonic())
        await verdict.holds(disturbed={service})
