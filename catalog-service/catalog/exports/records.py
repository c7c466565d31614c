"""A row as a JSON object."""

import dataclasses
from datetime import UTC, datetime
from operator import attrgetter

import orjson

from catalog.exports.rows import Row

Value = str | int | tuple[str, ...] | None

_FIELDS = tuple(field.name for field in dataclasses.fields(Row))
_values = attrgetter(*_FIELDS)


def record(row: Row) -> dict[str, Value]:
    """Return every field of `row` under its name, what is unknown as None."""
    values = dict(zip(_FIELDS, _values(row)))
    labeled_at = _timestamp(row.labeled_at) if row.labeled_at else None
    return values | {"id": str(row.id), "created_at": _timestamp(row.created_at), "labeled_at": labeled_at}


def known(row: Row) -> dict[str, Value]:
    """Return the fields of `row` that are not None, and `labeling`, whose None says that it was never labeled."""
    return {name: value for name, value in record(row).items() if value is not None or name == "labeling"}


def canonical(row: Row) -> bytes:
    """Return what is known of `row` as one line of canonical JSON (RFC 8785): equal rows give equal bytes."""
    return orjson.dumps(known(row), option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def _timestamp(moment: datetime) -> str:
    # Always with microseconds: readers that guess types take a column of whole seconds for something else than text.
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
