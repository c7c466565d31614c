"""A real PostgreSQL, a fresh database for each test, the application over it, and images made on the spot."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from catalog.main import create_app
from catalog.settings import Settings
from catalog.storage import PACKAGE
from shared import testing_databases
from shared.database import Database
from shared.images.testing import encoded, random_field
from shared.testing import client_of, free_port, served
from shared.testing_databases import migrated_postgres

DATA = Path(__file__).parents[3] / "shared" / "data"
SUGGESTED = {
    "model": {"name": "resnet18", "version": "b20d0f2a5534"},
    "predictions": [{"label": "Cat", "confidence": 0.75}, {"label": "Dog", "confidence": 0.25}],
}
INCONSISTENT = """
    WITH latest AS (
        SELECT image_id, unnest(tag_ids) AS id FROM labelings JOIN images ON images.id = image_id
        WHERE labelings.version = images.version
    ), wanted AS (SELECT DISTINCT coalesce(merged_into, id) AS tag_id, image_id FROM latest JOIN tags USING (id)
    ), true_counts AS (
        SELECT tag_id AS subject, count(*) AS value FROM labels GROUP BY tag_id
        UNION ALL SELECT dataset_id, count(*) FROM dataset_images GROUP BY dataset_id
    ), counts AS (SELECT subject, sum(value) AS value FROM counters GROUP BY subject HAVING sum(value) <> 0)
    SELECT 'label lacking' AS what, image_id AS id FROM (TABLE wanted EXCEPT SELECT tag_id, image_id FROM labels) AS one
    UNION ALL SELECT 'label too many', image_id FROM (SELECT tag_id, image_id FROM labels EXCEPT TABLE wanted) AS two
    UNION ALL SELECT 'count', subject FROM counts FULL JOIN true_counts USING (subject)
        WHERE counts.value IS DISTINCT FROM true_counts.value
    UNION ALL SELECT 'version', id FROM images
        WHERE version <> (SELECT coalesce(max(version), 0) FROM labelings WHERE image_id = images.id)
"""


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
    return Settings(database_url=database_url, data_dir=tmp_path, max_upload_bytes=2_000_000, max_pixels=4_000_000)


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(create_app(settings)) as client:
        yield client


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def photo() -> Callable[..., bytes]:
    """Makes a JPEG; each number is another picture."""

    def photo(number: int, width: int = 80, height: int = 60) -> bytes:
        return encoded(random_field(number, width, height), "JPEG")

    return photo


@dataclass
class FakeVision:
    """A vision service that answers as it is told, but not the image `refused`, and only `left` more of the others.

    `asked` has what came.
    """

    url: str
    answer: bytes = json.dumps(SUGGESTED).encode()
    status: int = 200
    seconds: float = 0
    refused: bytes = b""
    left: int = 1 << 30
    asked: list[bytes] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert (scope["method"], scope["path"]) == ("POST", "/predictions")
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return  # a catalog that was killed in the middle of asking
            body, more = body + message.get("body", b""), message.get("more_body", False)
        self.asked.append(body)
        await asyncio.sleep(self.seconds)
        self.left -= 1
        status = 422 if body == self.refused else self.status if self.left >= 0 else 503
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": self.answer if status == 200 else b'{"detail": "No."}'})


@pytest.fixture
def vision() -> Iterator[FakeVision]:
    fake = FakeVision(f"http://127.0.0.1:{free_port()}")
    with served(fake, urlsplit(fake.url).port or 0):
        yield fake


@pytest.fixture(scope="session")
def finished() -> Callable[..., Any]:
    """Waits until a job is over, and returns it."""

    async def finished(client: httpx2.AsyncClient, job_id: str, seconds: float = 60) -> dict[str, Any]:
        deadline = monotonic() + seconds
        while monotonic() < deadline:
            job: dict[str, Any] = (await client.get(f"/jobs/{job_id}")).json()
            if job["status"] in {"succeeded", "failed", "cancelled"}:
                return job
            await asyncio.sleep(0.05)
        raise TimeoutError(f"After {seconds} s: {job}")

    return finished


@pytest.fixture(scope="session")
def inconsistencies() -> Callable[[str], Any]:
    """Tells where in a database the indexes and counters do not say what the labelings say."""

    async def inconsistencies(url: str) -> list[Any]:
        connection = await asyncpg.connect(url)
        try:
            return [tuple(row) for row in await connection.fetch(INCONSISTENT)]
        finally:
            await connection.close()

    return inconsistencies
