"""No list reads much more than a page of a big table, wherever the page is: as EXPLAIN ANALYZE tells."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx2
import pytest

from catalog.main import create_app
from catalog.settings import Settings
from shared.pagination import encode_cursor
from shared.plans import Plan, explain, recorded_statements
from shared.testing import client_of

IMAGES: Final = 30_000
MOST_ROWS: Final = 5_000
"""What one step of a plan may touch in a big table: a page, and what is looked at beside it."""
BIG: Final = {
    "images", "image_words", "labels", "labelings", "dataset_images", "snapshot_images", "suggestions", "job_errors",
}  # fmt: skip

FAR_APART: Final = [
    "tag=common&labeled=false",
    "tag=half&tag=thing 8&labeled=false",
    "tag=common&absent=common",
    "tag=common&unknown=common",
    "absent=half&labeled=false",
    "unknown=half&labeled=true&type=image/webp",
    "dataset={large}&tag=common&text=img&labeled=false",
]
"""Conditions that many images fulfil each, and none together."""
MOST_PAGES: Final = 40

LISTS: Final = {
    "/images": [
        "",
        "tag=common",
        "tag=rare",
        "tag=common&tag=half",
        "tag=common&tag=thing 7",
        "absent=half",
        "absent=common",
        "unknown=half",
        "unknown=common",
        "dataset={large}",
        "dataset={small}",
        "text=img",
        "text=batch 7",
        "text=000017",
        "type=image/jpeg",
        "type=image/webp",
        "labeled=true",
        "labeled=false",
        "since=2024-01-02T00:00:00Z",
        "before=2024-01-02T00:00:00Z",
        "tag=common&absent=half",
        "tag=rare&unknown=half",
        "dataset={large}&unknown=half",
        "dataset={small}&absent=half",
        "dataset={large}&labeled=false",
        "dataset={large}&tag=common&text=img",
        "type=image/png&labeled=true&since=2024-01-02T00:00:00Z",
        "tag=common&since=2024-01-02T00:00:00Z&before=2024-01-02T12:00:00Z",
        *FAR_APART,
    ],
    "/tags": ["", "prefix=thing"],
    "/tags/{tag_id}/images": [""],
    "/images/{image_id}/labelings": [""],
    "/images/{image_id}/suggestions": [""],
    "/label-schemas": [""],
    "/label-schemas/{schema_id}/versions": [""],
    "/label-schemas/{schema_id}/worklist": ["", "dataset={large}", "dataset={small}"],
    "/datasets": [""],
    "/datasets/{dataset_id}/images": [""],
    "/datasets/{dataset_id}/snapshots": [""],
    "/snapshots/{snapshot_id}/images": [""],
    "/snapshots/{snapshot_id}/diff": ["to={newer}"],
    "/jobs": [""],
    "/jobs/{job_id}/errors": [""],
}
"""Of each list the queries that are tried."""

FILL: Final = (Path(__file__).parent / "many_images.sql").read_text(encoding="utf-8")


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a database with many images, with the settings that the service has."""
    settings = {"jit": "off", "plan_cache_mode": "force_custom_plan", "timezone": "UTC"}
    connection = await asyncpg.connect(database_url, server_settings=settings)
    await connection.execute(FILL.replace("30000", str(IMAGES)))
    await connection.execute("VACUUM (ANALYZE)")
    yield connection
    await connection.close()


async def test_every_list_walks_along_an_index(connection: asyncpg.Connection, settings: Settings) -> None:
    names = {row["name"]: row["id"] for row in await connection.fetch("SELECT name, id FROM names")}
    cursors = [encode_cursor(id_) for id_ in await connection.fetchval("SELECT array_agg(id ORDER BY id) FROM depths")]
    found = []
    async with client_of(create_app(settings.model_copy(update={"run_jobs": False}))) as client:
        for path, queries in LISTS.items():
            for query in queries:
                url = f"{path}?{query}".format_map(names)
                newest = [f"{url}&order=newest"] if path.endswith("images") and "snapshots" not in path else []
                for listed, cursor in zip((url, *newest), (cursors[-1], cursors[0])):
                    for page in (listed, await _deep(client, listed, cursor)):
                        found += [f"{page} {fault}" for fault in await _faults(client, connection, page)]
    assert found == []


async def test_a_search_that_finds_nothing_comes_to_its_end_in_short_pages(
    connection: asyncpg.Connection, settings: Settings
) -> None:
    names = {row["name"]: row["id"] for row in await connection.fetch("SELECT name, id FROM names")}
    pages = {}
    async with client_of(create_app(settings.model_copy(update={"run_jobs": False}))) as client:
        for query in (f"{asked}&order={order}" for asked in FAR_APART for order in ("oldest", "newest")):
            url = following = f"/images?{query}".format_map(names)
            pages[query] = 0
            while following and pages[query] < MOST_PAGES:
                assert await _faults(client, connection, following) == []
                page = (await client.get(following)).json()
                assert page["items"] == []
                following = page["next_cursor"] and f"{url}&cursor={page['next_cursor']}"
                pages[query] += 1
            assert not following, query
    assert all(2 <= pages[f"tag=common&labeled=false&order={order}"] <= 5 for order in ("oldest", "newest")), pages


def test_every_list_is_tried_with_every_filter(settings: Settings) -> None:
    described = create_app(settings).openapi()
    wanted = {
        path: {parameter["name"] for parameter in get.get("parameters", []) if parameter["in"] == "query"}
        for path, get in ((path, methods["get"]) for path, methods in described["paths"].items() if "get" in methods)
        if "/Page_" in str(get["responses"]["200"])
    }
    tried = {
        path: {pair.split("=")[0] for query in queries for pair in query.split("&") if pair}
        for path, queries in LISTS.items()
    }
    assert tried == {path: filters - {"limit", "cursor", "order"} for path, filters in wanted.items()}


async def _deep(client: httpx2.AsyncClient, url: str, cursor: str) -> str:
    """Return the URL of a page far behind: after the image at `cursor`, or just the next one of a list of others."""
    deep = f"{url}&cursor={cursor}"
    if (await client.get(deep)).status_code == 200:
        return deep
    following = (await client.get(f"{url}&limit=2")).json()["next_cursor"]
    return f"{url}&cursor={following}" if following else url


async def _faults(client: httpx2.AsyncClient, connection: asyncpg.Connection, url: str) -> list[str]:
    with recorded_statements() as statements:
        answer = await client.get(url)
    assert answer.status_code == 200, f"{url} {answer.text}"
    queries = [statement for statement in statements if statement.sql.lstrip().startswith(("SELECT", "WITH"))]
    assert queries
    async with connection.transaction():
        plans = [await explain(connection, query, run=True) for query in queries]
    return [fault for plan in plans for fault in _faults_of(plan)]


def _faults_of(plan: Plan) -> list[str]:
    return [
        f"{node['Index Name']} for the images of one dataset: all of others are passed"
        for node in plan.nodes
        if node.get("Index Name") == "dataset_images_image_id"
    ] + [
        f"{node['Node Type']} of {node['Relation Name']}: {_rows(node):,} rows"
        for node in plan.nodes
        if node.get("Relation Name") in BIG
        and (node["Node Type"] == "Seq Scan" or max(_rows(node), node["Actual Loops"]) > MOST_ROWS)
    ]


def _rows(node: dict[str, Any]) -> int:
    """Return how many rows the step touched, in all its runs."""
    removed = sum(count for name, count in node.items() if name.startswith("Rows Removed"))
    return int((node["Actual Rows"] + removed) * node["Actual Loops"])
