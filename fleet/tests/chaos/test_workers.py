"""The debugger's worker is killed and halted in the middle of an analysis: the analysis ends as it would have."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from fleet.load.disturbed import DisturbedFleet
from fleet.load.mix import mixed_load

pytestmark = pytest.mark.chaos

HALT_SECONDS: Final = 4.0


def children_of(pid: int) -> str:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").strip()


async def until_computing(pid: int) -> None:
    """Wait until the worker has begun to compute, which it does in a process of its own."""
    async with asyncio.timeout(30):
        while not children_of(pid):  # noqa: ASYNC110 nobody tells
            await asyncio.sleep(0.05)


async def test_an_analysis_survives_its_worker(fleet: DisturbedFleet, verdict_of: Callable[..., Any]) -> None:
    async with mixed_load(fleet.url, seed="worker killed") as load:
        verdict = verdict_of(load)
        analysis = asyncio.create_task(load.debugger.job("analyses"))
        worker = fleet.beside("worker")
        await until_computing(worker.pid)
        worker.kill()
        await asyncio.to_thread(worker.wait)
        fleet.start_beside("worker", "debugger.worker")
        job = await analysis
        verdict.say(f"analysis after its worker was killed: {job['done']} of {job['total']} steps, {job['status']}")
        await verdict.holds(disturbed=set())


async def test_an_analysis_outlasts_a_halted_worker(fleet: DisturbedFleet, verdict_of: Callable[..., Any]) -> None:
    async with mixed_load(fleet.url, seed="worker halted") as load:
        verdict = verdict_of(load)
        analysis = asyncio.create_task(load.debugger.job("analyses"))
        worker = fleet.beside("worker")
        await until_computing(worker.pid)
        os.kill(worker.pid, signal.SIGSTOP)
        await asyncio.sleep(HALT_SECONDS)
        os.kill(worker.pid, signal.SIGCONT)
        job = await analysis
        verdict.say(f"analysis after its worker was halted: {job['done']} of {job['total']} steps, {job['status']}")
        await verdict.holds(disturbed=set())
