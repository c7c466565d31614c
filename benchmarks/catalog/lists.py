"""The lists that are measured, each with the cursor of a page far behind its start."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import asyncpg
from sqlalchemy import func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog.schemas.conditions import Filter
from catalog.search import ids_of
from shared.pagination import encode_cursor
from shared.times import created_at

DEPTH: Final = 1_000_000
SHARE: Final = 0.9
"""Where a list has not so many rows, the page is behind this share of them."""
LIMIT: Final = 50

Parameters = dict[str, Any]


@dataclass(frozen=True)
class List:
    """A list by its path; `keys` is SQL that yields the `key` of every row, none where `filter` says which images."""

    name: str
    path: str
    filter: Parameters | None = None
    keys: str = ""
    arguments: tuple[Any, ...] = ()
    newest_first: bool = False
    worst_case: bool = False


@dataclass(frozen=True)
class Pages:
    """The URLs of two pages of a list; `depth` is how many rows lie before the second, of `rows` in all."""

    of: List
    rows: int
    depth: int
    start_url: str
    depth_url: str


async def known_lists(connection: asyncpg.Connection) -> list[List]:
    """Return the lists of a database that `filling` filled."""
    return [*await _image_lists(connection), *await _other_lists(connection)]


async def _image_lists(connection: asyncpg.Connection) -> list[List]:
    rare, rarer = await connection.fetch(
        "SELECT name FROM tags JOIN counters ON subject = id WHERE value >= 60 ORDER BY value, id LIMIT 2"
    )
    datasets = {
        record["name"].split()[0]: record["id"] for record in await connection.fetch("SELECT id, name FROM datasets")
    }
    middle = await connection.fetchval(
        "SELECT id FROM images ORDER BY id OFFSET (SELECT count(*) FROM images) * 2 / 5 LIMIT 1"
    )
    asked = await connection.fetchval(
        "SELECT tags.name FROM label_schemas JOIN label_schema_versions AS v ON v.label_schema_id = label_schemas.id"
        " JOIN tags ON tags.id = v.tag_ids[5] WHERE label_schemas.key = 'street' AND v.version = 1"
    )
    since, week = created_at(middle), timedelta(days=7)
    filters: list[tuple[str, Parameters]] = [
        ("all images", {}),
        ("tag on most images", {"tag": "Outdoor"}),
        ("tag on few images", {"tag": rare["name"]}),
        ("two tags on most images", {"tag": ["Outdoor", "Daylight"]}),
        ("tag on most, tag on some", {"tag": ["Outdoor", "Thing 9"]}),
        ("tag on some, tag on some", {"tag": ["Thing 9", "Thing 14"]}),
        ("tag on most, tag on few", {"tag": ["Outdoor", rarer["name"]]}),
        ("absent tag", {"absent": asked}),
        ("absent tag, often present", {"absent": "Outdoor"}),
        ("unknown tag", {"unknown": asked}),
        ("unknown rare tag", {"unknown": rare["name"]}),
        ("dataset with most images", {"dataset": datasets["Nearly"]}),
        ("dataset, scattered", {"dataset": datasets["Scattered"]}),
        ("dataset, recent", {"dataset": datasets["Recent"]}),
        ("common word", {"text": "img"}),
        ("rare word", {"text": "batch-17"}),
        ("word of few images", {"text": "004711"}),
        ("type, common", {"type": "image/jpeg"}),
        ("type, rare", {"type": "image/webp"}),
        ("labeled", {"labeled": True}),
        ("not labeled", {"labeled": False}),
        ("since", {"since": since}),
        ("before", {"before": since}),
        ("since and before", {"since": since, "before": since + week}),
        ("tag, absent tag", {"tag": "Outdoor", "absent": asked}),
        ("dataset, unknown tag", {"dataset": datasets["Nearly"], "unknown": asked}),
        ("small dataset, unknown tag", {"dataset": datasets["Scattered"], "unknown": asked}),
        ("dataset, not labeled", {"dataset": datasets["Nearly"], "labeled": False}),
        ("word, tag", {"text": "img", "tag": "Thing 9"}),
        ("type, labeled, since", {"type": "image/png", "labeled": True, "since": since}),
        ("tag, type, since, before", {"tag": "Thing 9", "type": "image/jpeg", "since": since, "before": since + week}),
        ("dataset, tag, word", {"dataset": datasets["Nearly"], "tag": "Thing 9", "text": "dsc"}),
        ("tag, absent, unknown", {"tag": "Outdoor", "absent": asked, "unknown": rare["name"]}),
    ]  # fmt: skip
    worst = [
        ("tags never together", {"tag": ["Day", "Night"]}),
        ("unlabeled in a labeled dataset", {"dataset": datasets["Middle"], "labeled": False, "type": "image/webp"}),
    ]
    orders = [False, True]
    return [
        *(
            List(f"{name}{', newest first' * newest}", "/images", asked_for, newest_first=newest)
            for name, asked_for in filters
            for newest in (orders if len(asked_for) < 2 else orders[:1])
        ),
        *(List(name, "/images", asked_for, worst_case=True) for name, asked_for in worst),
    ]


async def _other_lists(connection: asyncpg.Connection) -> list[List]:
    outdoor = await connection.fetchval("SELECT id FROM tags WHERE key = 'outdoor'")
    most, scattered, middle = [
        await connection.fetchval("SELECT id FROM datasets WHERE starts_with(name, $1)", name)
        for name in ("Nearly", "Scattered", "Middle")
    ]
    schemas = await connection.fetch("SELECT id, name FROM label_schemas ORDER BY id")
    often = await connection.fetchval("SELECT image_id FROM labelings WHERE version = 4 LIMIT 1")
    tags = "SELECT key FROM tags ORDER BY key"
    found = [
        List("tags", "/tags", keys=tags),
        List("tags by prefix", "/tags?prefix=thing+1", keys="SELECT key FROM tags WHERE key LIKE 'thing 1%'"),
        List("a tag's images", f"/tags/{outdoor}/images", {"tag": "Outdoor"}),
        List("a dataset's images", f"/datasets/{most}/images", {"dataset": most}),
        List("datasets", "/datasets", keys="SELECT key FROM datasets"),
        List("label schemas", "/label-schemas", keys="SELECT key FROM label_schemas"),
        List("label schema's versions", f"/label-schemas/{schemas[0]['id']}/versions",
             keys="SELECT version AS key FROM label_schema_versions WHERE label_schema_id = $1",
             arguments=(schemas[0]["id"],), newest_first=True),
        List("labelings of an image", f"/images/{often}/labelings",
             keys="SELECT version AS key FROM labelings WHERE image_id = $1", arguments=(often,), newest_first=True),
    ]  # fmt: skip
    for schema in schemas[:2]:
        path = f"/label-schemas/{schema['id']}/worklist"
        found.append(List(f"worklist {schema['name']}", path, keys=_WORKLIST, arguments=(schema["id"],)))
        found += [
            List(f"worklist {schema['name']}, {name} dataset", f"{path}?dataset={dataset}", keys=_DATASET_WORKLIST,
                 arguments=(schema["id"], dataset))
            for name, dataset in (("large", most), ("small", scattered), ("middle", middle))
        ]  # fmt: skip
    snapshots = await connection.fetch("SELECT id, dataset_id, image_count FROM snapshots ORDER BY id")
    of_middle = [snapshot["id"] for snapshot in snapshots if snapshot["dataset_id"] == middle]
    found += [
        List(f"a snapshot's {snapshot['image_count']:,} images", f"/snapshots/{snapshot['id']}/images",
             keys="SELECT image_id AS key FROM snapshot_images WHERE snapshot_id = $1", arguments=(snapshot["id"],))
        for snapshot in (snapshots[0], snapshots[-1])
    ]  # fmt: skip
    job = await connection.fetchval("SELECT id FROM jobs ORDER BY failed DESC LIMIT 1")
    suggested = await connection.fetchval("SELECT image_id FROM suggestions LIMIT 1")
    return [
        *found,
        List("difference of two snapshots", f"/snapshots/{of_middle[0]}/diff?to={of_middle[1]}", keys=_DIFFERENCE,
             arguments=tuple(of_middle)),
        List("a dataset's snapshots", f"/datasets/{middle}/snapshots",
             keys="SELECT id AS key FROM snapshots WHERE dataset_id = $1", arguments=(middle,), newest_first=True),
        List("jobs", "/jobs", keys="SELECT id AS key FROM jobs", newest_first=True),
        List("a job's errors", f"/jobs/{job}/errors",
             keys="SELECT number AS key FROM job_errors WHERE job_id = $1", arguments=(job,)),
        List("suggestions for an image", f"/images/{suggested}/suggestions",
             keys="SELECT id AS key FROM suggestions WHERE image_id = $1", arguments=(suggested,), newest_first=True),
    ]  # fmt: skip


async def pages_of(connection: asyncpg.Connection, session: AsyncSession, listed: List) -> Pages:
    """Return the first page and one at depth, which is the first again where the list has no rows."""
    if listed.filter is None:
        rows, depth, key = await _key_by_sql(connection, listed)
    else:
        rows, depth, key = await _key_by_search(session, listed)
    query: list[tuple[str, Any]] = [("limit", LIMIT)]
    if listed.path == "/images":
        query += [("order", "newest" if listed.newest_first else "oldest"), *_pairs(listed.filter or {})]
    start = f"{listed.path}{'&' if '?' in listed.path else '?'}{urlencode(query)}"
    deep = start if key is None else f"{start}&{urlencode({'cursor': encode_cursor(key)})}"
    return Pages(listed, rows, depth, start, deep)


async def _key_by_sql(connection: asyncpg.Connection, listed: List) -> tuple[int, int, object]:
    order = "DESC" if listed.newest_first else "ASC"
    rows = await connection.fetchval(f"SELECT count(*) FROM ({listed.keys}) AS keys", *listed.arguments)  # noqa: S608
    depth = _depth(rows)
    key = await connection.fetchval(
        f"SELECT key FROM ({listed.keys}) AS keys ORDER BY key {order} OFFSET {max(depth - 1, 0)} LIMIT 1",  # noqa: S608
        *listed.arguments,
    )
    return rows, depth, key


async def _key_by_search(session: AsyncSession, listed: List) -> tuple[int, int, UUID | None]:
    conditions = Filter.model_validate(
        {name: [value] if name in TAG_LISTS and isinstance(value, str) else value
         for name, value in (listed.filter or {}).items()}
    ).conditions  # fmt: skip
    query = await ids_of(session, conditions, None, None)
    if query is None:
        return 0, 0, None
    found = query.order_by(None).subquery()
    rows = (await session.execute(select(func.count()).select_from(found))).scalar_one()
    depth = _depth(rows)
    order = found.c.id.desc() if listed.newest_first else found.c.id.asc()
    key = (await session.execute(select(found.c.id).order_by(order).offset(max(depth - 1, 0)).limit(1))).scalar()
    return rows, depth, key


TAG_LISTS: Final = ("tag", "absent", "unknown")


def _depth(rows: int) -> int:
    return DEPTH if rows > DEPTH + LIMIT else int(rows * SHARE)


def _pairs(parameters: Parameters) -> Iterable[tuple[str, str]]:
    for name, value in parameters.items():
        for one in value if isinstance(value, list) else [value]:
            yield name, one.isoformat().replace("+00:00", "Z") if isinstance(one, datetime) else str(one).lower()


_UNFINISHED = """
    EXISTS (
        SELECT FROM unnest(newest.tag_ids) AS wanted (id)
        WHERE wanted.id <> ALL (coverages.tag_ids)
        AND NOT EXISTS (SELECT FROM labels WHERE tag_id = wanted.id AND image_id = images.id)
    )
"""
_NEWEST = """
    (SELECT tag_ids FROM label_schema_versions WHERE label_schema_id = $1 ORDER BY version DESC LIMIT 1) AS newest
"""
_WORKLIST = f"""
    SELECT images.id AS key FROM {_NEWEST}, images JOIN coverages ON coverages.id = images.coverage_id
    WHERE coverages.label_schema_id = $1 AND {_UNFINISHED}
"""  # noqa: S608 constants
_DATASET_WORKLIST = f"""
    SELECT images.id AS key FROM {_NEWEST}, images JOIN coverages ON coverages.id = images.coverage_id
    JOIN dataset_images ON dataset_images.image_id = images.id
    WHERE dataset_images.dataset_id = $2 AND {_UNFINISHED}
"""  # noqa: S608 constants
_DIFFERENCE = """
    SELECT image_id AS key FROM snapshot_images AS older JOIN snapshot_images AS newer USING (image_id)
    WHERE older.snapshot_id = $1 AND newer.snapshot_id = $2 AND older.version <> newer.version
"""
