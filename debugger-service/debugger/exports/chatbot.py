"""A chatbot's export, as it was imported: a JSON list of rows whose `data` is JSON in a string.

Changed labels are inside `data`, where they were, and what else a row or its data had is there again. A row without a
label is not `complete`; its intent is the guess that it came with. A row out of scope is complete, has no intent, and
has `"out_of_scope": true` in its data.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from debugger.exports.chunks import gathered
from debugger.exports.json_text import dumped
from debugger.exports.lines import written_id
from debugger.exports.rows import ExportRow
from debugger.ingest.chatbot import DATA_NAMES, ROW_NAMES
from debugger.ingest.record import Record


def export(rows: AsyncIterator[ExportRow]) -> AsyncGenerator[bytes, None]:
    """Yield the list of the rows that are not dropped."""
    return gathered(_pieces(rows))


async def _pieces(rows: AsyncIterator[ExportRow]) -> AsyncGenerator[bytes, None]:
    between = "["
    async for row in rows:
        if row.is_kept:
            yield f"{between}{dumped(_entry(row.current))}".encode()
            between = ",\n"
    yield b"[]\n" if between == "[" else b"]\n"


def _entry(record: Record) -> dict[str, Any]:
    known = {
        "id": written_id(record),
        "complete": record.label is not None or record.out_of_scope,
        "usage": record.split,
        "score": record.score,
        "data": dumped(_data(record)),
    }
    return known | {name: value for name, value in record.fields.items() if name not in ROW_NAMES}


def _data(record: Record) -> dict[str, Any]:
    found = record.fields.get("data")
    kept = found if isinstance(found, dict) else {}
    data: dict[str, Any] = {"text": record.text, "intent": record.label}
    if record.out_of_scope:
        data["out_of_scope"] = True
    is_complete = record.label is not None or record.out_of_scope
    meant = DATA_NAMES if is_complete else {"text"}
    return data | {name: value for name, value in kept.items() if name not in meant}
