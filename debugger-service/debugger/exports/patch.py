"""A patch list: a line of JSON for every row whose label or status changed, with who changed it, when and why."""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from debugger.exports.chunks import gathered
from debugger.exports.json_text import dumped
from debugger.exports.lines import written_id
from debugger.exports.rows import ExportRow


def export(rows: AsyncIterator[ExportRow]) -> AsyncGenerator[bytes, None]:
    """Yield a line for every row that is not as it was, dropped ones too."""
    return gathered(_lines(rows))


async def _lines(rows: AsyncIterator[ExportRow]) -> AsyncGenerator[bytes, None]:
    async for row in rows:
        if row.now != row.was:
            yield f"{dumped(_change(row))}\n".encode()


def _change(row: ExportRow) -> dict[str, Any]:
    return {
        "id": written_id(row.record),
        "number": row.number,
        "text": row.record.text,
        "from": asdict(row.was),
        "to": asdict(row.now),
        "decision": row.decision,
        "author": row.author,
        "at": _timestamp(row.at) if row.at else None,
        "comment": row.comment,
    }


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
