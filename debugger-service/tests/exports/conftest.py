"""What exports rows to a format and reads the file back."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import aclosing

import anyio
import pytest

from debugger.exports import FORMATS, PATCH
from debugger.exports.rows import ExportRow
from debugger.ingest.record import Record


def export(name: str, rows: Iterable[ExportRow]) -> bytes:
    async def source() -> AsyncIterator[ExportRow]:
        for row in rows:
            yield row

    async def whole() -> bytes:
        exporter = PATCH if name == "patch" else FORMATS[name]
        async with aclosing(exporter.export(source())) as chunks:
            return b"".join([chunk async for chunk in chunks])

    return anyio.run(whole)


def unchanged(records: Iterable[Record]) -> list[ExportRow]:
    return [
        ExportRow(number, record, record.label, "out_of_scope" if record.out_of_scope else "active")
        for number, record in enumerate(records, 1)
    ]


@pytest.fixture(scope="session")
def export_to() -> Callable[[str, Iterable[ExportRow]], bytes]:
    return export


@pytest.fixture(scope="session")
def rows_of() -> Callable[[Iterable[Record]], list[ExportRow]]:
    return unchanged
