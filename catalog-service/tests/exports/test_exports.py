"""What holds for every format: the same bytes every time, at constant memory, and nothing left open."""

import tracemalloc
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any
from uuid import UUID

import pytest

from catalog.exports import FORMATS
from catalog.exports.chunks import CHUNK
from catalog.exports.rows import Category, Row

MANY = 15_000
FEW_BYTES = 3 << 20

EVERY_FORMAT = pytest.mark.parametrize("name", FORMATS)


@EVERY_FORMAT
async def test_equal_rows_are_equal_bytes(name: str, rows: list[Row], export_to: Callable[..., Any]) -> None:
    assert await export_to(name, rows) == await export_to(name, rows)


@EVERY_FORMAT
async def test_an_export_of_nothing_is_whole(name: str, export_to: Callable[..., Any]) -> None:
    assert (await export_to(name, [], []) == b"") == (name == "ndjson")


@pytest.mark.parametrize("name", ["ndjson", "coco"])
async def test_memory_does_not_grow_with_the_rows(name: str, make_row: Callable[..., Row]) -> None:
    tags = tuple(f"tag {number}" for number in range(30))
    row = make_row(labeling=1, present=tags)
    categories = [Category(UUID(int=number), tag) for number, tag in enumerate(tags)]

    async def rows() -> AsyncIterator[Row]:
        for _ in range(MANY):
            yield row

    tracemalloc.start()
    try:
        size = 0
        async for chunk in FORMATS[name].export(rows(), categories, unread):
            size += len(chunk)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 2 * FEW_BYTES
    assert peak < FEW_BYTES


async def test_rows_are_sent_in_large_chunks(make_row: Callable[..., Row]) -> None:
    async def rows() -> AsyncIterator[Row]:
        for number in range(2000):
            yield make_row(number)

    *chunks, _ = [len(chunk) async for chunk in FORMATS["ndjson"].export(rows(), [], unread)]
    assert len(chunks) > 1
    assert all(CHUNK <= size < CHUNK + 1000 for size in chunks)


@pytest.mark.parametrize("name", ["imagefolder", "webdataset"])
async def test_who_stops_reading_stops_the_image_too(name: str, make_row: Callable[..., Row]) -> None:
    closed = []

    async def rows() -> AsyncIterator[Row]:
        yield make_row(size=10 * CHUNK)

    async def content(_: Row) -> AsyncIterator[bytes]:
        try:
            while True:
                yield bytes(CHUNK)
        finally:
            closed.append(True)

    async with aclosing(FORMATS[name].export(rows(), [], content)) as chunks:
        await anext(chunks)
        assert not closed
    assert closed


def unread(_: Row) -> AsyncIterator[bytes]:
    raise AssertionError("the format carries no images")
