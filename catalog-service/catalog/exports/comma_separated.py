"""CSV (RFC 4180): one image a record, UTF-8, with a header; exact for who reads it back, harmless in a spreadsheet.

`present` and `absent` are JSON arrays in their cells, since a tag may contain any separator; a tag in neither is
unknown. An empty cell is a field that is not known, an empty `labeling` an image that was never labeled.

A spreadsheet runs a cell that begins with = + - @ or some other signs as a formula. OWASP's remedy, an apostrophe
before it (https://owasp.org/www-community/attacks/CSV_Injection), alters the text for good. So here a text that begins
with an apostrophe gets another one too: then a reader that takes one leading apostrophe off every cell, as `unshielded`
does, gets exactly what was written. Tags need neither, because their cells begin with a bracket. The shield holds where
the comma separates; a spreadsheet told to split at another sign finds cells that nobody wrote.
"""

import csv
import io
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from typing import Final

import orjson

from catalog.exports.chunks import gathered
from catalog.exports.records import Value, record
from catalog.exports.rows import Category, Content, Row

COLUMNS: Final = (
    "id", "name", "url", "type", "sha256", "size", "width", "height", "created_at", "labeling", "author", "source",
    "labeled_at", "schema", "schema_version", "present", "absent",
)  # fmt: skip

SHIELD: Final = "'"
SHIELDED: Final = (SHIELD, "=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Beginnings of a text that get a shield: OWASP's list, the last four being full-width, and the shield itself."""


@gathered
async def export(
    rows: AsyncIterator[Row], _categories: Sequence[Category], _content: Content
) -> AsyncGenerator[bytes, None]:
    """Yield the header and a record for every row."""
    yield _line(COLUMNS)
    async for row in rows:
        values = record(row)
        yield _line(_cell(values[column]) for column in COLUMNS)


def unshielded(cell: str) -> str:
    """Return the text that was written as `cell`."""
    return cell.removeprefix(SHIELD)


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return orjson.dumps(value).decode()
    return SHIELD + value if isinstance(value, str) and value.startswith(SHIELDED) else str(value)


def _line(cells: Iterable[str]) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()
