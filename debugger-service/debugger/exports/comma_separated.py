"""CSV (RFC 4180), as it is imported: UTF-8, commas, a header, one row a record, harmless in a spreadsheet.

The columns that a row always has come first, then one for every field that some row has; these are known at the end
only, so until then the rows wait on disk. A text that a spreadsheet would run as a formula is shielded, which an import
undoes exactly. A field that is no text is written as JSON and comes back as a text; one that is called like a column
that has a meaning is left out.
"""

import csv
import io
import json
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterable
from contextlib import aclosing
from typing import Any

from debugger.exports.chunks import gathered
from debugger.exports.json_text import dumped
from debugger.exports.lines import NAMES
from debugger.exports.rows import ExportRow
from debugger.exports.spool import Spool
from debugger.ingest.comma_separated import HEADER_CHARACTERS, MAX_COLUMNS, column_name
from debugger.ingest.record import Record
from debugger.ingest.shield import shielded
from shared.refusals import InvalidRequestError


class TooManyColumnsError(InvalidRequestError):
    """The rows have more fields than a file of CSV may have columns."""


def export(rows: AsyncIterator[ExportRow]) -> AsyncGenerator[bytes, None]:
    """Yield the header and the rows that are not dropped; raises TooManyColumnsError before that."""
    return gathered(_pieces(rows))


async def _pieces(rows: AsyncIterator[ExportRow]) -> AsyncGenerator[bytes, None]:
    names = dict.fromkeys(NAMES)
    with Spool() as spool:
        async for row in rows:
            if row.is_kept:
                cells = _cells(row.current)
                if not cells.keys() <= names.keys():
                    names |= dict.fromkeys(cells)
                    _check(names)
                await spool.write(dumped(cells))
        yield _line(map(shielded, names))
        async with aclosing(spool.read()) as batches:
            async for lines in batches:
                yield b"".join(_line(map(json.loads(line).get, names)) for line in lines)


def _cells(record: Record) -> dict[str, str]:
    values: dict[str, Any] = {
        "id": record.external_id,
        "text": record.text,
        "label": record.label,
        "split": record.split,
        "score": record.score,
        "out_of_scope": record.out_of_scope or None,
    }
    fields = {name: value for name, value in record.fields.items() if _is_column(name)}
    return {name: _cell(value) for name, value in (values | fields).items() if value is not None}


def _is_column(name: str) -> bool:
    return bool(name.strip()) and column_name(name) == name and name not in NAMES


def _cell(value: object) -> str:
    return shielded(value) if isinstance(value, str) else dumped(value)


def _check(names: Collection[str]) -> None:
    if len(names) > MAX_COLUMNS or sum(map(len, names)) > HEADER_CHARACTERS // 4:
        raise TooManyColumnsError(f"The rows have more fields than {MAX_COLUMNS} columns hold: export JSONL instead.")


def _line(cells: Iterable[str | None]) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()
