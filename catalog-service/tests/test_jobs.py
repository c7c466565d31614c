"""Jobs: seen, stopped, waiting for other services, and never lost."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from pgqueuer.core.qm import QueueManager
from pgqueuer.errors import FailingListenerError
from sqlalchemy import text

from catalog import suggesting, work
from catalog.main import create_app
from catalog.settings import Settings
from shared import jobs
from shared.database import Database
from shared.jobs import MAX_ERRORS, Step, routes
from shared.jobs.tables import Job
from shared.refusals import ConflictError
from shared.testing import client_of, server_process

NDJSON = {"content-type": "application/x-ndjson"}
NOBODY = "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1"
CUT_ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> $1"

Finished = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def settings(settings: Settings, vision: Any) -> Settings:
    return settings.model_copy(update={"vision_url": vision.url})


@pytest.fixture
async def paused(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """The same catalog, but that no jobs are run."""
    async with client_of(create_app(settings.model_copy(update={"run_jobs": False}))) as client:
        yield client


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let jobs be tried again soon."""
    monkeypatch.setattr(jobs, "RETRY_SECONDS", 0.2)
    monkeypatch.setattr(work, "RECOVER_SECONDS", 0.5)


async def importing(client: httpx2.AsyncClient, content: bytes = b'{"id": "wrong"}\n') -> str:
    return str((await client.post("/imports", content=content, headers=NDJSON)).json()["id"])


async def suggesting_for(client: httpx2.AsyncClient, photos: list[bytes]) -> str:
    """Begin the job for a dataset of these photos and of an image of which only the URL is known, the last."""
    ids = [(await client.post("/images/upload", files={"file": photo})).json()["id"] for photo in photos]
    new = {"name": "url.jpg", "url": "https://a.example/", "type": "image/jpeg"}
    ids.append((await client.post("/images", json=new)).json()["id"])
    dataset = (await client.post("/datasets", json={"name": "Garden"})).json()["id"]
    await client.post(f"/datasets/{dataset}/images", json={"images": ids})
    answer = await client.post(f"/datasets/{dataset}/suggestions")
    assert (answer.status_code, answer.json()["total"], answer.json()["kind"]) == (202, len(ids), "suggest")
    return str(answer.json()["id"])


async def job_of(client: httpx2.AsyncClient, job_id: str) -> dict[str, Any]:
    job: dict[str, Any] = (await client.get(f"/jobs/{job_id}")).json()
    return job


async def until(client: httpx2.AsyncClient, job_id: str, reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    for _ in range(1000):
        job = await job_of(client, job_id)
        if reached(job):
            return job
        await asyncio.sleep(0.02)
    raise TimeoutError(f"Not in 20 s: {job}")


async def suggested(url: str) -> list[int]:
    """Return how many suggestions each image has that has any."""
    connection = await asyncpg.connect(url)
    try:
        return [row[0] for row in await connection.fetch("SELECT count(*) FROM suggestions GROUP BY image_id")]
    finally:
        await connection.close()


async def test_jobs_are_listed_newest_first(paused: httpx2.AsyncClient) -> None:
    ids = [await importing(paused) for _ in range(3)]
    page = (await paused.get("/jobs", params={"limit": 2})).json()
    rest = (await paused.get("/jobs", params={"cursor": page["next_cursor"]})).json()
    assert [job["id"] for job in (*page["items"], *rest["items"])] == ids[::-1]
    assert (page["items"][0]["status"], page["items"][0]["progress"]) == ("queued", 0)


async def test_the_first_errors_are_listed_and_all_are_counted(client: httpx2.AsyncClient, finished: Finished) -> None:
    job_id = await importing(client, b"{}\n" * (MAX_ERRORS + 50))
    assert (await finished(client, job_id))["failed"] == MAX_ERRORS + 50
    numbers: list[int] = []
    parameters = {"limit": "1000"}
    while parameters.get("cursor") != "":
        page = (await client.get(f"/jobs/{job_id}/errors", params=parameters)).json()
        numbers += [error["number"] for error in page["items"]]
        parameters["cursor"] = page["next_cursor"] or ""
    assert numbers == list(range(1, MAX_ERRORS + 1))


async def test_what_is_wrong_with_a_row_is_told_whatever_it_quotes(
    client: httpx2.AsyncClient, finished: Finished
) -> None:
    job_id = await importing(client, b'{"id":"\\u0000x"}\n')
    job = await finished(client, job_id)
    assert (job["status"], job["failed"]) == ("succeeded", 1)
    (error,) = (await client.get(f"/jobs/{job_id}/errors")).json()["items"]
    assert "invalid character" in error["message"]


async def test_a_job_that_has_ended_meanwhile_is_not_cancelled(
    paused: httpx2.AsyncClient, settings: Settings, database: Database, finished: Finished
) -> None:
    job_id = UUID(await importing(paused))
    async with database.session() as session:
        known = await jobs.get(session, job_id)
        assert known.status == "queued"
        async with client_of(create_app(settings)) as client:
            assert (await finished(client, str(job_id)))["status"] == "succeeded"
        with pytest.raises(ConflictError, match="it has succeeded"):
            await jobs.cancel(session, job_id)


async def test_a_job_that_waits_can_be_cancelled(
    paused: httpx2.AsyncClient, settings: Settings, finished: Finished
) -> None:
    cancelled, other = await importing(paused), await importing(paused)
    assert (await paused.post(f"/jobs/{cancelled}/cancel")).json()["status"] == "cancelled"
    again = await paused.post(f"/jobs/{cancelled}/cancel")
    assert (again.status_code, again.json()["detail"]) == (409, "The job is over: it was cancelled.")
    async with client_of(create_app(settings)) as client:
        await finished(client, other)
        assert await job_of(client, cancelled) == (await paused.get(f"/jobs/{cancelled}")).json()
        assert (await job_of(client, cancelled))["started_at"] is None


async def test_a_job_that_runs_can_be_cancelled(
    client: httpx2.AsyncClient, vision: Any, photo: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggesting, "BATCH_IMAGES", 1)
    vision.seconds = 0.1
    job_id = await suggesting_for(client, [photo(number) for number in range(20)])
    job = await until(client, job_id, lambda job: job["done"] > 0)
    assert (job["status"], job["progress"]) == ("running", job["done"] / 21)
    stopped = (await client.post(f"/jobs/{job_id}/cancel")).json()
    await asyncio.sleep(0.5)
    assert await job_of(client, job_id) == stopped
    assert len(vision.asked) <= stopped["done"] + 1


async def test_a_job_can_be_watched_to_its_end(settings: Settings) -> None:
    # On a real socket: in process, an answer comes whole.
    environment = {"CATALOG_DATABASE_URL": settings.database_url or "", "CATALOG_DATA_DIR": str(settings.data_dir)}
    with server_process("catalog", "CATALOG_", environment) as (_, url):
        async with httpx2.AsyncClient(base_url=url) as client:
            job_id = await importing(client, b"{}\n" * 50_000)
            async with client.stream("GET", f"/jobs/{job_id}/events", timeout=30) as answer:
                events = [json.loads(line[6:]) async for line in answer.aiter_lines() if line.startswith("data: ")]
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert [event["status"] for event in events][-1] == "succeeded"
    assert [event["failed"] for event in events] == sorted(event["failed"] for event in events)
    assert (events[-1]["failed"], events[-1]["progress"], events[-1]["seconds_left"]) == (50_000, 1, None)


async def test_a_stream_of_a_job_that_never_ends_does(
    settings: Settings, paused: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "STREAM_SECONDS", 0.1)
    told = await paused.get(f"/jobs/{await importing(paused)}/events", timeout=20)
    assert told.text.count("event: job") == 1
    monkeypatch.setattr(routes, "WATCHERS", 0)
    async with client_of(create_app(settings.model_copy(update={"run_jobs": False}))) as crowded:
        assert (await crowded.get(f"/jobs/{await importing(crowded)}/events")).status_code == 503


@pytest.mark.parametrize("path", ["", "/errors", "/events", "/cancel"])
async def test_what_is_not_there_is_not_found(client: httpx2.AsyncClient, path: str) -> None:
    answer = await client.request("POST" if path == "/cancel" else "GET", f"/jobs/{NOBODY}{path}")
    assert (answer.status_code, answer.json()["status"]) == (404, 404)


@pytest.mark.parametrize("change", [{"status": 503}, {"status": 500}, {"answer": b"{}"}, {"left": 3}])
async def test_a_job_waits_for_the_vision_service_and_asks_nothing_twice(
    client: httpx2.AsyncClient,
    vision: Any,
    photo: Callable[..., bytes],
    finished: Finished,
    database_url: str,
    change: dict[str, Any],
) -> None:
    vision.refused = photo(1)
    well = {name: getattr(vision, name) for name in change}
    for name, value in change.items():
        setattr(vision, name, value)
    job_id = await suggesting_for(client, [photo(number) for number in range(6)])
    await until(client, job_id, lambda _: len(vision.asked) > 10)
    waiting = await job_of(client, job_id)
    assert (waiting["status"], waiting["done"] < 5) == ("running", True)
    for name, value in well.items():
        setattr(vision, name, value)
    job = await finished(client, job_id)
    assert (job["status"], job["done"], job["failed"], job["progress"]) == ("succeeded", 5, 2, 1)
    errors = (await client.get(f"/jobs/{job_id}/errors")).json()["items"]
    assert [error["number"] for error in errors] == [2, 7]
    assert errors[0]["message"] == "The vision service does not take the image: No."
    assert "fetches nothing by URL" in errors[1]["message"]
    assert await suggested(database_url) == [2] * 5


async def test_an_image_whose_bytes_are_gone_is_counted_as_failed(
    client: httpx2.AsyncClient, photo: Callable[..., bytes], finished: Finished, tmp_path: Path
) -> None:
    job_id = await suggesting_for(client, [])
    await finished(client, job_id)
    image = (await client.post("/images/upload", files={"file": photo(0)})).json()
    dataset = (await client.get("/datasets")).json()["items"][0]["id"]
    await client.put(f"/datasets/{dataset}/images/{image['id']}")
    (tmp_path / "objects" / "images" / image["sha256"][:2] / image["sha256"]).unlink()
    job = await finished(client, (await client.post(f"/datasets/{dataset}/suggestions")).json()["id"])
    assert (job["status"], job["failed"]) == ("succeeded", 2)


async def test_a_dataset_that_is_deleted_meanwhile_fails_the_job(
    client: httpx2.AsyncClient, vision: Any, photo: Callable[..., bytes], finished: Finished
) -> None:
    vision.status = 503
    job_id = await suggesting_for(client, [photo(0)])
    dataset = (await client.get("/datasets")).json()["items"][0]["id"]
    await client.delete(f"/datasets/{dataset}")
    job = await finished(client, job_id)
    assert (job["status"], job["error"]) == ("failed", f"No dataset has the id {dataset}.")


async def test_a_job_that_breaks_says_so(paused: httpx2.AsyncClient, settings: Settings, finished: Finished) -> None:
    job_id = await importing(paused)
    next((settings.data_dir / "objects" / "imports").iterdir()).unlink()
    async with client_of(create_app(settings)) as client:
        job = await finished(client, job_id)
    assert (job["status"], job["error"]) == ("failed", "The job failed; the service's log has the cause.")


async def test_a_job_that_breaks_after_it_was_cancelled_stays_so(
    paused: httpx2.AsyncClient, database: Database
) -> None:
    job_id = await importing(paused)

    async def steps(job: Job) -> Step | None:
        await paused.post(f"/jobs/{job.id}/cancel")
        raise ValueError

    await jobs.run(database, UUID(job_id), steps, asyncio.Event())
    assert (await job_of(paused, job_id))["status"] == "cancelled"


async def test_a_job_that_the_queue_lost_is_queued_again(
    paused: httpx2.AsyncClient, settings: Settings, finished: Finished, database: Database
) -> None:
    lost = await importing(paused)
    async with database.session() as session:
        await session.execute(text("DELETE FROM pgqueuer"))
    async with client_of(create_app(settings)) as client:
        assert (await finished(client, lost))["status"] == "succeeded"


async def test_jobs_go_on_after_all_connections_to_the_database_were_cut(
    client: httpx2.AsyncClient,
    vision: Any,
    photo: Callable[..., bytes],
    finished: Finished,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(suggesting, "BATCH_IMAGES", 1)
    vision.seconds = 0.05
    job_id = await suggesting_for(client, [photo(number) for number in range(30)])
    await until(client, job_id, lambda job: job["done"] > 3)
    connection = await asyncpg.connect(database_url)
    for _ in range(3):
        await connection.execute(CUT_ALL, connection.get_server_pid())
        await asyncio.sleep(0.1)
    await connection.close()
    job = await finished(client, job_id)
    assert (job["status"], job["done"]) == ("succeeded", 30)
    assert await suggested(database_url) == [2] * 30
    assert (await finished(client, await importing(client)))["status"] == "succeeded"


async def test_a_worker_of_its_own_runs_jobs_until_it_is_told_to_stop(
    paused: httpx2.AsyncClient, settings: Settings, finished: Finished
) -> None:
    job_id = await importing(paused)
    environment = {"CATALOG_DATABASE_URL": str(settings.database_url), "CATALOG_DATA_DIR": str(settings.data_dir)}
    command = [sys.executable, "-m", "catalog.worker"]
    worker = await asyncio.create_subprocess_exec(*command, env={**os.environ, **environment}, stdout=DEVNULL)
    try:
        assert (await finished(paused, job_id))["status"] == "succeeded"
        worker.terminate()
        async with asyncio.timeout(10):
            assert await worker.wait() == 0
    finally:
        if worker.returncode is None:
            worker.kill()


async def test_jobs_go_on_after_the_queue_itself_failed(
    settings: Settings, finished: Finished, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = asyncio.Event()

    async def fail(*_: object, **__: object) -> None:
        monkeypatch.undo()
        failed.set()
        raise FailingListenerError

    monkeypatch.setattr(QueueManager, "listener_healthy", fail)
    async with client_of(create_app(settings)) as client:
        await failed.wait()
        assert (await finished(client, await importing(client)))["status"] == "succeeded"


async def test_a_job_that_waits_for_an_answer_does_not_hold_up_the_shutdown(
    settings: Settings, vision: Any, photo: Callable[..., bytes], finished: Finished
) -> None:
    vision.seconds = 60
    async with client_of(create_app(settings)) as client:
        job_id = await suggesting_for(client, [photo(0)])
        await until(client, job_id, lambda _: bool(vision.asked))
        stopping = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - stopping < 5
    vision.seconds = 0
    async with client_of(create_app(settings)) as client:
        assert (await finished(client, job_id))["done"] == 1
