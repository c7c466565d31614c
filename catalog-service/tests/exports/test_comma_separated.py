"""The stdlib's reader gets every field back exactly, and no spreadsheet finds a formula."""

import csv
import io
import json
from collections.abc import Callable, Iterable
from typing import Any

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.exports.comma_separated import COLUMNS, unshielded
from catalog.exports.records import record
from catalog.exports.rows import Row

BEGINNINGS = ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"]
TEXT = st.builds(
    str.__add__,
    st.sampled_from([*BEGINNINGS, "'", "''", "'=", '"', ",", ";", " ", "a"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=253),
)
TAGS = st.lists(TEXT, unique=True, max_size=6)


def read(data: bytes) -> list[dict[str, Any]]:
    """Read an export back as the records that it was written from."""
    lines = csv.DictReader(io.StringIO(data.decode(), newline=""), strict=True)
    return [{name: value_of(name, cell) for name, cell in line.items()} for line in lines]


def value_of(column: str, cell: str) -> Any:
    if column in {"present", "absent"}:
        return tuple(json.loads(cell))
    if column in {"size", "width", "height", "labeling", "schema_version"}:
        return int(cell) if cell else None
    return unshielded(cell) or None


async def test_every_field_reads_back(rows: list[Row], export_to: Callable[..., Any]) -> None:
    assert read(await export_to("csv", rows)) == [record(row) for row in rows]


async def test_the_header_is_there_without_rows(export_to: Callable[..., Any]) -> None:
    assert await export_to("csv", []) == ",".join(COLUMNS).encode() + b"\r\n"


@pytest.mark.parametrize("beginning", BEGINNINGS)
async def test_no_cell_is_a_formula(
    beginning: str, make_row: Callable[..., Row], export_to: Callable[..., Any]
) -> None:
    text = beginning + "cmd|' /C calc'!A0"
    row = make_row(name=text, url=text, author=text, source=text, schema=text, present=(text,), absent=(text,))
    _, cells = csv.reader(io.StringIO((await export_to("csv", [row])).decode(), newline=""))
    assert not [cell for cell in cells if cell.startswith(beginning)]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=TEXT, present=TAGS, absent=TAGS)
def test_any_text_reads_back(
    name: str,
    present: Iterable[str],
    absent: Iterable[str],
    make_row: Callable[..., Row],
    export_to: Callable[..., Any],
) -> None:
    row = make_row(name=name, author=name, present=tuple(sorted(present)), absent=tuple(sorted(absent)))
    assert read(anyio.run(export_to, "csv", [row])) == [record(row)]
