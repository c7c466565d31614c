"""Rows with every state that a tag can have, and what reads an export to its end."""

import hashlib
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import pytest

from catalog.exports import FORMATS
from catalog.exports.rows import Category, Content, Row

CREATED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
IMAGE = bytes(range(256)) * 5
TAGS = ("bird", "cat", "dog", "fish")


class MakeRow(Protocol):
    """Builds a row of which the test names what it is about."""

    def __call__(self, number: int = 1, /, **fields: Any) -> Row: ...


class ExportTo(Protocol):
    """Exports rows to a format and returns the whole file."""

    async def __call__(
        self, name: str, rows: Iterable[Row], tags: Sequence[str] = TAGS, content: Content = ...
    ) -> bytes: ...


@pytest.fixture
def make_row() -> MakeRow:
    return row


@pytest.fixture
def export_to() -> ExportTo:
    return export


@pytest.fixture
def image() -> bytes:
    return IMAGE


@pytest.fixture
def rows() -> list[Row]:
    """A row that is labeled, one that never was, and one whose bytes are not held."""
    labels: dict[str, Any] = {
        "labeling": 3,
        "author": "ann",
        "source": "manual",
        "labeled_at": CREATED + timedelta(days=1, microseconds=5),
        "schema": "animals",
        "schema_version": 2,
    }
    return [
        row(1, present=("cat", "dog"), absent=("bird",), **labels),
        row(2, type="image/png", width=None, height=None, url=None),
        row(3, sha256=None, size=None, url="https://example.org/3.jpg", absent=("fish",), **labels),
    ]


def row(number: int = 1, /, **fields: Any) -> Row:
    given: dict[str, Any] = {
        "id": UUID(int=number),
        "name": f"{number}.jpg",
        "url": None,
        "type": "image/jpeg",
        "sha256": hashlib.sha256(IMAGE).hexdigest(),
        "size": len(IMAGE),
        "width": 640,
        "height": 480,
        "created_at": CREATED + timedelta(seconds=number),
        "present": (),
        "absent": (),
    }
    unknown: dict[str, Any] = dict.fromkeys(("labeling", "author", "source", "labeled_at", "schema", "schema_version"))
    return Row(**(unknown | given | fields))


async def content(_: Row) -> AsyncIterator[bytes]:
    for start in range(0, len(IMAGE), 500):
        yield IMAGE[start : start + 500]


async def export(name: str, rows: Iterable[Row], tags: Sequence[str] = TAGS, content: Content = content) -> bytes:
    async def stream() -> AsyncIterator[Row]:
        for item in rows:
            yield item

    categories = [Category(UUID(int=number), tag) for number, tag in enumerate(tags)]
    return b"".join([chunk async for chunk in FORMATS[name].export(stream(), categories, content)])
