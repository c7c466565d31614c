"""A soak of half a minute finds nothing in a fleet that is well."""

import asyncio
import subprocess
import sys

import pytest

from fleet.load.disturbed import DisturbedFleet

pytestmark = pytest.mark.chaos


async def test_a_short_soak_finds_all_well(fleet: DisturbedFleet) -> None:
    options = ["--url", fleet.url, "--minutes", "0.5", "--warm-up", "10", "--every", "0.5", "--clients", "1"]
    command = [sys.executable, "-m", "fleet.soak", *options]
    run = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    for measure in ("memory, MiB", "open files", "threads", "database connections", "p99, ms"):
        assert measure in run.stdout
    assert "What grows: nothing." in run.stdout
