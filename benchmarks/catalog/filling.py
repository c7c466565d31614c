"""Fills a migrated database by COPY, as a team would have filled it over months."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from time import perf_counter
from typing import Final
from uuid import UUID

import asyncpg
import numpy as np

from benchmarks.catalog.collection import Collection, Photo
from catalog.words import words_of
from shared.names import key_of

START: Final = 1_704_067_200_000
"""When the first image was registered, in milliseconds: 2024-01-01."""
STEP: Final = 7_000
"""Between two images, in milliseconds."""
TAG_HEAD: Final = 1_000_000
"""How long before the first image the tags were made, in milliseconds."""
FAILED: Final = 10_000
COLUMNS: Final = {
    "images": ("id", "name", "url", "type", "version", "coverage_id"),
    "image_words": ("word", "image_id"),
    "labelings": ("image_id", "version", "tag_ids", "coverage_id", "author", "source", "created_at"),
    "labels": ("tag_id", "image_id"),
}
DATASETS: Final = {
    # Of each: which images of the collection, by the number in the order of registration.
    "Scattered 1,000": "hashtext(id::text) % 2000 = 0",
    "Recent 10,000": "position >= total - total / 200",
    "Middle 100,000": "position BETWEEN total * 0.55 AND total * 0.6",
    "Nearly all 1,500,000": "hashtext(id::text) % 4 <> 0",
}


@dataclass
class Filled:
    """How many rows went into which table, and the seconds that COPY took for them."""

    rows: Counter[str] = field(default_factory=Counter)
    seconds: float = 0

    @property
    def rate(self) -> float:
        """Rows per second."""
        return sum(self.rows.values()) / self.seconds


async def fill(connection: asyncpg.Connection, collection: Collection) -> Filled:
    """Write the whole collection with its history, datasets and a snapshot; then VACUUM and ANALYZE."""
    tag_ids = [_id(START - TAG_HEAD + number, number) for number in range(len(collection.tag_names))]
    coverage_ids = await _vocabulary(connection, collection, tag_ids)
    filled, per_tag, first = Filled(), Counter[int](), 0
    for photos in _chunks(collection.batches()):
        per_tag.update(tag for photo in photos for tag in photo.tags)
        ids = _ids(first, len(photos))
        first += len(photos)
        for table, text, rows in _tables(photos, ids, [tag.hex for tag in tag_ids], coverage_ids):
            started = perf_counter()
            await connection.copy_to_table(table, source=BytesIO(text), columns=list(COLUMNS[table]))
            filled.seconds += perf_counter() - started
            filled.rows[table] += rows
    counts = [(tag_ids[tag], 0, count) for tag, count in per_tag.items()]
    await connection.copy_records_to_table("counters", records=counts)
    await _datasets(connection)
    await _snapshots(connection)
    await _job(connection)
    await connection.execute("VACUUM (ANALYZE)")
    await connection.execute("CHECKPOINT")
    return filled


async def _vocabulary(connection: asyncpg.Connection, collection: Collection, tag_ids: list[UUID]) -> list[int]:
    names = collection.tag_names
    await connection.copy_records_to_table(
        "tags",
        records=[(tag_id, name, key_of(name)) for tag_id, name in zip(tag_ids, names)],
        columns=["id", "name", "key"],
    )
    schema_ids = [_id(START - TAG_HEAD // 2 + number, number) for number in range(len(collection.schemas))]
    for schema_id, schema in zip(schema_ids, collection.schemas):
        await connection.execute(
            "INSERT INTO label_schemas (id, name, key, version) VALUES ($1, $2, $3, $4)",
            schema_id, schema.name, key_of(schema.name), len(schema.versions),
        )  # fmt: skip
        for number, tags in enumerate(schema.versions, 1):
            await connection.execute(
                "INSERT INTO label_schema_versions (label_schema_id, version, tag_ids, created_at)"
                " VALUES ($1, $2, $3, $4)",
                schema_id, number, sorted(tag_ids[tag] for tag in tags), datetime.now(UTC),
            )  # fmt: skip
    found = [0]
    for number, coverage in enumerate(collection.coverages[1:], 1):
        under = (None, None) if coverage.schema is None else (schema_ids[coverage.schema], (coverage.version or 0) + 1)
        looked_for = sorted(tag_ids[tag] for tag in coverage.tags)
        coverage_id = await connection.fetchval(
            "INSERT INTO coverages (label_schema_id, label_schema_version, tag_ids, digest)"
            " VALUES ($1, $2, $3, $4) RETURNING id",
            *under, looked_for, number.to_bytes(4),
        )  # fmt: skip
        await connection.copy_records_to_table("coverage_tags", records=[(tag, coverage_id) for tag in looked_for])
        found.append(coverage_id)
    return found


def _chunks(batches: Iterable[list[Photo]], size: int = 100_000) -> Iterable[list[Photo]]:
    chunk: list[Photo] = []
    for batch in batches:
        chunk += batch
        if len(chunk) >= size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _tables(
    photos: list[Photo], ids: list[str], tags: list[str], coverages: list[int]
) -> Iterable[tuple[str, bytes, int]]:
    """Yield for each table its rows in the format of COPY, and how many they are."""
    pairs = list(zip(ids, photos))
    yield _text(
        "images",
        [
            f"{id_}\t{photo.name}\thttps://images.example.org/{photo.name}\t{photo.type}\t{photo.labelings}\t"
            f"{coverages[photo.coverage]}"
            for id_, photo in pairs
        ],
    )
    yield _text("image_words", [f"{word}\t{id_}" for id_, photo in pairs for word in words_of(photo.name)])
    yield _text("labelings", [line for id_, photo in pairs for line in _labelings(id_, photo, tags, coverages)])
    yield _text("labels", [f"{tags[tag]}\t{id_}" for id_, photo in pairs for tag in photo.tags])


def _labelings(id_: str, photo: Photo, tags: list[str], coverages: list[int]) -> Iterable[str]:
    """Yield all versions: each earlier one with a tag less, as somebody added it afterwards."""
    found = sorted(tags[tag] for tag in photo.tags)
    for version in range(1, photo.labelings + 1):
        known = found[: max(1, len(found) - photo.labelings + version)]
        yield (
            f"{id_}\t{version}\t{{{','.join(known)}}}\t{coverages[photo.coverage]}\tannotator-{version}\t"
            f"{'human' if version > 1 else 'import'}\t2025-01-0{version}T00:00:00Z"
        )


def _text(table: str, lines: list[str]) -> tuple[str, bytes, int]:
    return table, "".join(f"{line}\n" for line in lines).encode(), len(lines)


async def _datasets(connection: asyncpg.Connection) -> None:
    await connection.execute(
        "CREATE TEMP TABLE positions AS SELECT id, row_number() OVER (ORDER BY id) AS position,"
        " count(*) OVER () AS total FROM images"
    )
    for number, (name, condition) in enumerate(DATASETS.items()):
        dataset_id = _id(START + number, number)
        await connection.execute(
            "INSERT INTO datasets (id, name, key) VALUES ($1, $2, $3)", dataset_id, name, key_of(name)
        )
        await connection.execute(
            f"INSERT INTO dataset_images SELECT $1, id FROM positions WHERE {condition} ORDER BY id",  # noqa: S608
            dataset_id,
        )
    await connection.execute(
        "INSERT INTO counters SELECT dataset_id, 0, count(*) FROM dataset_images GROUP BY dataset_id"
    )
    await connection.execute("DROP TABLE positions")


async def _snapshots(connection: asyncpg.Connection) -> None:
    """Take of each dataset one as it is, and of the middle one another from before the last change of each image."""
    datasets = await connection.fetch(
        "SELECT dataset_id, starts_with(name, 'Middle') AS twice, count(*) AS images"
        " FROM dataset_images JOIN datasets ON id = dataset_id GROUP BY 1, 2 ORDER BY 1"
    )
    taken = [(dataset, before) for dataset in datasets for before in ((1, 0) if dataset["twice"] else (0,))]
    for number, (dataset, before) in enumerate(taken):
        snapshot_id = _id(START + number, number)
        await connection.execute(
            "INSERT INTO snapshots (id, dataset_id, content_hash, image_count, names) VALUES ($1, $2, $3, $4, '{}')",
            snapshot_id, dataset["dataset_id"], snapshot_id.bytes, dataset["images"],
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO snapshot_images (snapshot_id, image_id, version, name)"
            " SELECT $1, id, CASE WHEN version > 1 THEN version - $3 ELSE version END, name"
            " FROM dataset_images JOIN images ON id = image_id WHERE dataset_id = $2 ORDER BY id",
            snapshot_id, dataset["dataset_id"], before,
        )  # fmt: skip


async def _job(connection: asyncpg.Connection) -> None:
    """Leave an import behind of which many rows failed, and suggestions for an image in a hundred."""
    job_id = _id(START, 0)
    await connection.execute(
        "INSERT INTO jobs (id, kind, status, request, position, done, failed)"
        " VALUES ($1, 'import', 'succeeded', '{}', '{}', 0, $2)",
        job_id, FAILED,
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO job_errors SELECT $1, number, 'dog.jpg', 'url: not a URL' FROM generate_series(1, $2) AS number",
        job_id, FAILED,
    )  # fmt: skip
    suggested = await connection.fetch("SELECT id FROM images WHERE hashtext(id::text) % 100 = 0 ORDER BY id")
    ids = [UUID(hex=id_) for id_ in _ids(0, 5 * len(suggested))]
    await connection.copy_records_to_table(
        "suggestions",
        records=[(ids[n], suggested[n // 5]["id"], f"Thing {n % 5}", 0.1, "resnet", "1") for n in range(len(ids))],
        columns=["id", "image_id", "tag", "confidence", "model", "model_version"],
    )


def _ids(first: int, count: int) -> list[str]:
    rng = np.random.default_rng(first)
    random = rng.integers(0, 1 << 62, size=count).tolist()
    return [_id(START + (first + number) * STEP, bits).hex for number, bits in enumerate(random)]


def _id(milliseconds: int, random: int) -> UUID:
    """Return a UUIDv7."""
    return UUID(int=milliseconds << 80 | 7 << 76 | (random & 0xFFF) << 64 | 2 << 62 | random)
