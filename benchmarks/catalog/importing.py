"""The import of a file beside a bare COPY of the rows that it makes, into the same tables with the same indexes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from io import BufferedReader
from json import dumps, loads
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
from sqlalchemy import make_url

from benchmarks.catalog.collection import Collection
from catalog.storage import PACKAGE
from shared.database import Database
from shared.migrations import migrate
from shared.testing import server_process

NAMED: Final = ("tags", "coverages", "coverage_tags")
"""What the rows refer to; it is copied before the clock starts."""
TABLES: Final = ("images", "image_words", "labelings", "labels", "counters")


@dataclass(frozen=True)
class Import:
    """Rows of all `TABLES` together, and the seconds from the first byte sent to the end of the job, and of COPY."""

    images: int
    rows: int
    upload_seconds: float
    seconds: float
    copy_seconds: float

    @property
    def ratio(self) -> float:
        """The speed of the import as a part of that of COPY."""
        return self.copy_seconds / self.seconds


async def compare(server: str, collection: Collection) -> Import:
    """Import a collection into a fresh database of `server`, and COPY the same rows into another one."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        file = folder / "images.ndjson"
        images = write_file(collection, file)
        async with _database(server) as url:
            upload, total = _import(url, folder, file, images)
            rows = await _dump(url, folder)
        async with _database(server) as url:
            copy = await _copy(url, folder)
    return Import(images, rows, upload, total, copy)


@asynccontextmanager
async def _database(server: str) -> AsyncIterator[str]:
    """Yield the URL of a fresh migrated database, which is dropped afterwards."""
    name = f"import_{uuid4().hex}"
    connection = await asyncpg.connect(server)
    await connection.execute("CHECKPOINT")
    await connection.execute(f"CREATE DATABASE {name}")
    url = make_url(server).set(database=name).render_as_string(hide_password=False)
    database = Database(url)
    try:
        await migrate(database, PACKAGE)
        yield url
    finally:
        await database.close()
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await connection.close()


def write_file(collection: Collection, path: Path) -> int:
    """Write the collection as NDJSON; return how many lines."""
    names, count = collection.tag_names, 0
    with path.open("w", encoding="utf-8") as file:
        for batch in collection.batches():
            for photo in batch:
                row: dict[str, object] = {"name": photo.name, "type": photo.type}
                row["url"] = f"https://images.example.org/{photo.name}"
                if photo.labelings:
                    row["tags"] = [names[tag] for tag in photo.tags]
                    looked_for = collection.coverages[photo.coverage]
                    if looked_for.schema is None:
                        row["absent"] = [names[tag] for tag in looked_for.tags - photo.tags]
                file.write(f"{dumps(row)}\n")
                count += 1
    return count


def _import(url: str, folder: Path, file: Path, images: int) -> tuple[float, float]:
    """Return the seconds until the file was taken, and until all of it was in the database."""
    variables = {
        "CATALOG_DATABASE_URL": url,
        "CATALOG_DATA_DIR": str(folder),
        "CATALOG_LOG_LEVEL": "error",
    }
    with server_process("catalog", "CATALOG_", variables) as (_, address), file.open("rb") as body:
        server = HTTPConnection(urlsplit(address).netloc)
        started = perf_counter()
        job = _ask(server, "POST", "/imports", body)
        uploaded = perf_counter() - started
        while job["finished_at"] is None:
            sleep(0.2)
            job = _ask(server, "GET", f"/jobs/{job['id']}")
        seconds = perf_counter() - started
    if (job["status"], job["done"], job["failed"]) != ("succeeded", images, 0):
        raise RuntimeError(f"The import went wrong: {job}")
    return uploaded, seconds


def _ask(server: HTTPConnection, method: str, path: str, body: BufferedReader | None = None) -> dict[str, object]:
    server.request(method, path, body, {"Content-Type": "application/x-ndjson"} if body else {}, encode_chunked=False)
    answer = server.getresponse()
    found: dict[str, object] = loads(answer.read())
    if answer.status >= 300:
        raise RuntimeError(f"{method} {path}: {found}")
    return found


async def _dump(url: str, folder: Path) -> int:
    """Write each table to a file in the order of its rows on disk; return how many rows `TABLES` have."""
    connection = await asyncpg.connect(url)
    rows = 0
    for table in (*NAMED, *TABLES):
        own = " WHERE id <> 0" if table == "coverages" else ""
        query = f"SELECT * FROM {table}{own}"  # noqa: S608 constants
        status = await connection.copy_from_query(query, output=folder / table)
        rows += int(status.split()[-1]) if table in TABLES else 0
    await connection.close()
    return rows


async def _copy(url: str, folder: Path) -> float:
    connection = await asyncpg.connect(url)
    for table in NAMED:
        await connection.copy_to_table(table, source=folder / table)
    started = perf_counter()
    for table in TABLES:
        await connection.copy_to_table(table, source=folder / table)
    seconds = perf_counter() - started
    await connection.close()
    return seconds
