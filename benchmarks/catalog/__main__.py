"""`python -m benchmarks.catalog` prints the speed of an import as a ratio to COPY, and the latency of every list.

The lists are asked for over HTTP, one request at a time, of the service as `python -m catalog` runs it. A page of
images may be short or empty where several conditions are to meet; of the worst cases the pages to the end are counted.
The first run fills the database, which takes minutes; with `--folder` it is kept for the next.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import asyncpg

from benchmarks.catalog.collection import Collection
from benchmarks.catalog.filling import fill
from benchmarks.catalog.importing import Import, compare
from benchmarks.catalog.lists import known_lists, pages_of
from benchmarks.catalog.measuring import Measured, count_pages, measure, median_round
from catalog.main import create_app
from catalog.settings import Settings
from catalog.storage import PACKAGE
from shared.database import Database
from shared.embedded import embedded_postgres
from shared.logging import configure_logging
from shared.migrations import migrate
from shared.testing import client_of, server_process

MILLISECONDS = 25
RATIO = 1.5
IMPORT_RATIO = 0.25
SERVER_SETTINGS = {"jit": "off", "plan_cache_mode": "force_custom_plan", "timezone": "UTC"}
HEADER = f"""
{"":40}{"":11}{"":11}{"at the start":>15}{"at depth":>15}{"":7}{"in PostgreSQL":>15}
{"milliseconds":40}{"rows":>11}{"depth":>11}{"p50":>8}{"p95":>7}{"p50":>8}{"p95":>7}{"ratio":>7}{"start":>8}{"depth":>7}"""


def main() -> int:
    """Run the benchmark; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.catalog", description=__doc__)
    parser.add_argument("--images", type=int, default=2_000_000)
    parser.add_argument("--labels-per-image", type=float, default=5)
    parser.add_argument("--imported", type=int, help="images of the import that is compared with COPY; by default all")
    parser.add_argument("--requests", type=int, default=50, help="for each page in one round")
    parser.add_argument("--rounds", type=int, default=4, help="through all lists; of each page the median round counts")
    parser.add_argument("--lists", default="", help="only those whose names contain this")
    parser.add_argument("--folder", type=Path, help="where the embedded database stays for the next run")
    parser.add_argument("--url", help="an empty database `postgresql://…`, or one that an earlier run filled")
    parser.add_argument("--output", type=Path, help="file for the results as JSON")
    options = parser.parse_args()
    configure_logging("console", "error")
    with _database(options.url, options.folder) as url:
        results = asyncio.run(_run(url, options))
    if options.output:
        options.output.write_text(json.dumps(results, indent=2, default=_as_json) + "\n", encoding="utf-8")
    return 0


@contextmanager
def _database(url: str | None, folder: Path | None) -> Iterator[str]:
    if url:
        yield url
        return
    with TemporaryDirectory() as temporary, embedded_postgres((folder or Path(temporary)) / "postgres") as embedded:
        yield embedded


async def _run(url: str, options: argparse.Namespace) -> dict[str, object]:
    results: dict[str, object] = {}
    imported = options.images if options.imported is None else options.imported
    if imported:
        results["import"] = await compare_import(url, Collection(imported, options.labels_per_image))
    database = Database(url, statement_seconds=3600)
    await migrate(database, PACKAGE)
    connection = await asyncpg.connect(url, server_settings=SERVER_SETTINGS)
    try:
        if not await connection.fetchval("SELECT count(*) FROM images"):
            print(f"Filling the database with {options.images:,} images …", flush=True)
            await fill(connection, Collection(options.images, options.labels_per_image))
        results["lists"] = await measure_lists(url, database, connection, options)
    finally:
        await connection.close()
        await database.close()
    return results


async def compare_import(url: str, collection: Collection) -> Import:
    """Print how fast an import is beside COPY."""
    print(f"Importing {collection.images:,} images …", flush=True)
    found = await compare(url, collection)
    print(f"import of {found.rows:,} rows  {found.rows / found.seconds:12,.0f} rows/s, {found.seconds:,.1f} s", end="")
    print(f", of these {found.upload_seconds:,.1f} s of upload")
    print(f"COPY of the same rows  {found.rows / found.copy_seconds:12,.0f} rows/s, {found.copy_seconds:,.1f} s")
    print(f"import / COPY  {found.ratio:.2f}   (bar {IMPORT_RATIO})", flush=True)
    return found


async def measure_lists(
    url: str, database: Database, connection: asyncpg.Connection, options: argparse.Namespace
) -> list[Measured]:
    """Go through all lists several times, and print a line for each."""
    settings = Settings(database_url=url, log_level="error", run_jobs=False)
    variables = {"CATALOG_DATABASE_URL": url, "CATALOG_RUN_JOBS": "false", "CATALOG_LOG_LEVEL": "error"}
    async with database.session() as session:
        listed = [each for each in await known_lists(connection) if options.lists in each.name]
        pages = [await pages_of(connection, session, each) for each in listed]
    rounds: list[list[Measured]] = [[] for _ in pages]
    with server_process("catalog", "CATALOG_", variables) as (_, address):
        server = HTTPConnection(urlsplit(address).netloc)
        async with client_of(create_app(settings)) as client:
            for number in range(options.rounds):
                print(f"Round {number + 1} of {options.rounds} …", flush=True)
                for each, of_page in zip(pages, rounds):
                    of_page.append(await measure(each, server, client, connection, options.requests))
        found = [
            replace(median_round(of_page), count=count_pages(server, each) if each.of.worst_case else None)
            for each, of_page in zip(pages, rounds)
        ]
    print(HEADER)
    for measured in found:
        print(_line(measured))
    return found


def _line(measured: Measured) -> str:
    start, depth, pages = measured.start, measured.depth, measured.pages
    missed = [f"> {MILLISECONDS} ms"] if max(start.p95, depth.p95) > MILLISECONDS else []
    missed += [f"ratio > {RATIO}"] if measured.ratio > RATIO else []
    missed += [f"reads all of {', '.join(measured.scanned)}"] if measured.scanned else []
    verdict = "; ".join(missed) or "ok"
    return (
        f"{pages.of.name:40}{pages.rows:11,}{pages.depth:11,}{start.p50:8.1f}{start.p95:7.1f}{depth.p50:8.1f}"
        f"{depth.p95:7.1f}{measured.ratio:7.2f}{start.database:8.1f}{depth.database:7.1f}  "
        f"{f'worst case, {measured.count} pages to its end: ' * pages.of.worst_case}{verdict}"
    )


def _as_json(value: object) -> object:
    return asdict(value) if isinstance(value, (Measured, Import)) else str(value)


if __name__ == "__main__":
    sys.exit(main())
