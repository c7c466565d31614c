"""A real PostgreSQL, a fresh database for each test, and the application over it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import httpx2
import pytest
from pydantic import HttpUrl
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from debugger.main import create_app
from debugger.settings import Settings
from debugger.storage import PACKAGE
from shared import testing_databases
from shared.database import Database
from shared.testing import client_of
from shared.testing_databases import migrated_postgres

DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Of linear algebra, here and in processes: where cores are busy, several mostly wait for each other."""
    with threadpool_limits(1), pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a server with a migrated database as the template of others."""
    with migrated_postgres(PACKAGE) as url:
        yield url


@pytest.fixture(scope="session")
def new_database(postgres: str) -> Callable[[], str]:
    """Makes migrated databases and returns their URLs."""
    return partial(testing_databases.new_database, postgres)


@pytest.fixture
def database_url(new_database: Callable[[], str]) -> str:
    """The URL of a database of the test's own."""
    return new_database()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    nobody = HttpUrl("http://127.0.0.1:9/")  # else an intent service that happens to run here would be asked
    return Settings(database_url=database_url, data_dir=tmp_path, intent_url=nobody)


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(create_app(settings)) as client:
        yield client


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


async def over(client: httpx2.AsyncClient, job_id: str, seconds: float = 120) -> dict[str, Any]:
    """Wait until a job is over, and return it."""
    deadline = monotonic() + seconds
    while monotonic() < deadline:
        job: dict[str, Any] = (await client.get(f"/jobs/{job_id}")).json()
        if job["status"] in {"succeeded", "failed", "cancelled"}:
            return job
        await asyncio.sleep(0.05)
    raise TimeoutError(f"After {seconds} s: {job}")


@pytest.fixture(scope="session")
def finished() -> Callable[..., Any]:
    """Waits until a job is over, and returns it."""
    return over


@pytest.fixture(scope="session")
def imported() -> Callable[..., Any]:
    """Makes a project of a file's content, and returns its address and the job that imported it."""

    async def imported(client: httpx2.AsyncClient, content: bytes, name: str = "Chatbot") -> tuple[str, dict[str, Any]]:
        project = (await client.post("/projects", json={"name": name})).json()
        address = f"/projects/{project['id']}"
        job = (await client.post(f"{address}/imports", content=content)).json()
        return address, await over(client, job["id"])

    return imported
