"""How long a page takes: over HTTP from a client that keeps its connection, and in PostgreSQL alone."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from statistics import median, quantiles
from time import perf_counter
from typing import Final
from urllib.parse import urlencode

import asyncpg
import httpx2

from benchmarks.catalog.lists import Pages
from shared.plans import explain, recorded_statements

SECONDS: Final = 20
"""A list that is slow is asked for fewer times, to stay below this."""
SMALL: Final = 20_000
"""A table with at most so many rows may be read whole."""


@dataclass(frozen=True)
class Latency:
    """Of one page, in milliseconds; `database` is the part of planning and running its statements."""

    p50: float
    p95: float
    database: float


@dataclass(frozen=True)
class Measured:
    """Two pages of a list, the indexes and big tables that EXPLAIN names, and of a worst case how many pages it has."""

    pages: Pages
    start: Latency
    depth: Latency
    indexes: Sequence[str]
    scanned: Sequence[str]
    count: int | None = None

    @property
    def ratio(self) -> float:
        """How much longer the page at depth takes, by p95."""
        return self.depth.p95 / self.start.p95


async def measure(
    pages: Pages, server: HTTPConnection, client: httpx2.AsyncClient, connection: asyncpg.Connection, requests: int
) -> Measured:
    """Ask for both pages in turn, so that what else the machine does hits both."""
    urls = (pages.start_url, pages.depth_url)
    took: list[list[float]] = [[], []]
    ends = perf_counter() + SECONDS
    for number in range(-3, requests):
        for times, url in zip(took, urls):
            milliseconds = ask(server, url)
            if number >= 0:
                times.append(milliseconds)
        if perf_counter() > ends and number >= 0:
            break
    database, indexes, scanned = [], set[str](), set[str]()
    for url in urls:
        milliseconds, used, whole = await _database(url, client, connection)
        database.append(milliseconds)
        indexes |= used
        scanned |= whole
    start, depth = (Latency(median(times), percentile_95(times), part) for times, part in zip(took, database))
    return Measured(pages, start, depth, sorted(indexes), sorted(scanned))


def median_round(rounds: Sequence[Measured]) -> Measured:
    """Return of each page the round whose p95 is the median."""
    middle = len(rounds) // 2
    start = sorted((each.start for each in rounds), key=lambda latency: latency.p95)[middle]
    depth = sorted((each.depth for each in rounds), key=lambda latency: latency.p95)[middle]
    return replace(rounds[0], start=start, depth=depth)


def ask(server: HTTPConnection, url: str) -> float:
    """Return the milliseconds until the whole answer is there; raises RuntimeError unless it is 200."""
    started = perf_counter()
    _answer(server, url)
    return (perf_counter() - started) * 1000


def _next_cursor(server: HTTPConnection, url: str) -> str | None:
    cursor: str | None = json.loads(_answer(server, url))["next_cursor"]
    return cursor


def _answer(server: HTTPConnection, url: str) -> bytes:
    server.request("GET", url)
    answer = server.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{url}: {answer.status} {body.decode()}")
    return body


def count_pages(server: HTTPConnection, pages: Pages) -> int:
    """Return in how many pages the list comes to its end, some of which may be empty; raises RuntimeError."""
    cursor, count = _next_cursor(server, pages.start_url), 1
    while cursor:
        cursor, count = _next_cursor(server, f"{pages.start_url}&{urlencode({'cursor': cursor})}"), count + 1
    return count


def percentile_95(times: Sequence[float]) -> float:
    """Return the value that 95 % of `times` do not exceed."""
    return quantiles(times, n=20)[-1] if len(times) > 1 else times[0]


async def _database(
    url: str, client: httpx2.AsyncClient, connection: asyncpg.Connection
) -> tuple[float, set[str], set[str]]:
    """Return the milliseconds of the page's statements, the median of some runs, and what they go through."""
    with recorded_statements() as statements:
        answer = await client.get(url)
    assert answer.status_code == 200, answer.text
    queries = [statement for statement in statements if statement.sql.lstrip().startswith(("SELECT", "WITH"))]
    async with connection.transaction():
        runs = [[await explain(connection, query, run=True) for query in queries] for _ in range(3)]
    nodes = [node for plan in runs[0] for node in plan.nodes]
    used = {node["Index Name"] for node in nodes if "Index Name" in node}
    scanned = {
        node["Relation Name"]
        for node in nodes
        if node["Node Type"] == "Seq Scan" and node["Actual Rows"] + node.get("Rows Removed by Filter", 0) > SMALL
    }
    return median(sum(plan.milliseconds for plan in plans) for plans in runs), used, scanned
