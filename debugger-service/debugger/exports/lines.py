"""JSONL, as it is imported: an object a line, with `text`, `label` and `split`, perhaps null, and what else is known.

A row that is out of scope has `"out_of_scope": true`. A field that is called like one of these is left out.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, Final

from debugger.exports.chunks import gathered
from debugger.exports.json_text import dumped
from debugger.exports.rows import ExportRow
from debugger.ingest.record import Record

NAMES: Final = ("id", "text", "label", "split", "score", "out_of_scope")
ALWAYS: Final = ("label", "split")
"""Written as null too, so that a field with a name by which an import knows a label or split stays a field."""


def export(rows: AsyncIterator[ExportRow]) -> AsyncGenerator[bytes, None]:
    """Yield a line for every row that is not dropped."""
    return gathered(_lines(rows))


async def _lines(rows: AsyncIterator[ExportRow]) -> AsyncGenerator[bytes, None]:
    async for row in rows:
        if row.is_kept:
            yield f"{dumped(line_of(row.current))}\n".encode()


def line_of(record: Record) -> dict[str, Any]:
    """Return the object of a line."""
    known = {
        "id": written_id(record),
        "text": record.text,
        "label": record.label,
        "split": record.split,
        "score": record.score,
        "out_of_scope": record.out_of_scope or None,
    }
    fields = {name: value for name, value in record.fields.items() if name not in NAMES}
    return {name: value for name, value in known.items() if value is not None or name in ALWAYS} | fields


def written_id(record: Record) -> str | int | None:
    """Return the file's own id, as a number if it came as one."""
    number = record.fields.get("id")
    return number if isinstance(number, int) and str(number) == record.external_id else record.external_id
