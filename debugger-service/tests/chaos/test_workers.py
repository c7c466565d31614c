"""Workers beside the service: two share what there is to do, and one that is stopped hands its work over."""

import asyncio
import signal
from time import monotonic
from typing import Any, Final

import pytest

pytestmark = pytest.mark.chaos
PROJECTS: Final = 5
"""One more than a worker takes at a time."""

PICKED: Final = "SELECT DISTINCT queue_manager_id FROM pgqueuer WHERE status = 'picked'"
WITHIN: Final = 8
"""Seconds in which work is handed over: a worker that said nothing would be missed after 10."""


async def alike(environment: Any, projects: int) -> None:
    """Check that projects of the same rows have been analysed alike, and once each."""
    found = await environment.content()
    for table in ("predictions", "issues", "arrays", "metrics", "analyses", "prediction_runs"):
        made = [rows for (name, _), rows in found.items() if name == table]
        assert len(made) == projects, table
        assert len(set(made)) == 1, table
    assert {rows for (table, _), (rows, _) in found.items() if table == "analyses"} == {1}


async def test_two_workers_share_what_there_is_to_do(environment: Any) -> None:
    async with environment.holding("issues") as hold, environment.service(run_jobs="false") as (_, client):
        with environment.worker(), environment.worker():
            file = environment.planted(60)
            projects = [await environment.project(client, str(number), file) for number in range(PROJECTS)]
            await hold.close()
            asked = [await client.post(f"{address}/analyses") for address in projects]
            assert {answer.status_code for answer in asked} == {202}
            await hold.holds(PROJECTS)
            assert len(await environment.fetch(PICKED)) == 2
            await hold.open()
            jobs = await environment.over()
    assert {job["status"] for job in jobs} == {"succeeded"}
    assert [job["kind"] for job in jobs].count("analyse") == PROJECTS
    await alike(environment, PROJECTS)


async def test_a_worker_that_is_stopped_hands_over_within_seconds(environment: Any) -> None:
    async with environment.holding("arrays") as hold, environment.service(run_jobs="false") as (_, client):
        with environment.worker() as worker:
            file = environment.planted(400)
            projects = [await environment.project(client, name, file) for name in ("stopped", "whole")]
            await hold.close()
            job_id = (await client.post(f"{projects[0]}/analyses")).json()["id"]
            await hold.holds(1)
            async with environment.service():
                (first,) = await environment.fetch(PICKED)
                await hold.open()
                await done(environment, 2)
                folders, stopped = set(environment.folder.glob("analysis-*")), monotonic()
                worker.send_signal(signal.SIGTERM)
                assert await asyncio.to_thread(worker.wait, WITHIN) == 0
                job = (await client.get(f"/jobs/{job_id}")).json()
                assert (job["status"], job["done"] < job["total"]) == ("running", True)
                assert len(folders) == 1
                assert not folders & set(environment.folder.glob("analysis-*"))
                while await environment.fetch(PICKED) in ([], [first]):
                    assert monotonic() - stopped < WITHIN
                    await asyncio.sleep(0.02)
                await environment.over()
                assert (await client.post(f"{projects[1]}/analyses")).status_code == 202
                assert {job["status"] for job in await environment.over()} == {"succeeded"}
    await alike(environment, 2)


async def done(environment: Any, stages: int) -> None:
    """Wait until so many stages of the analysis are done."""
    query = f"SELECT FROM jobs WHERE kind = 'analyse' AND done >= {stages}"
    async with asyncio.timeout(20):
        while not await environment.fetch(query):  # noqa: ASYNC110 it is another process that sets it
            await asyncio.sleep(0.01)
