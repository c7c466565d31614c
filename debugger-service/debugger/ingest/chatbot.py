"""A chatbot's export: a JSON list of rows whose `data` is an object with `text` and `intent`, as JSON in a string.

A row's `usage` is its split, its `id` and `score` are what they are called, and what is not `complete` has not been
annotated: then its intent is a guess and no label. A row that is complete, and whose data has `"out_of_scope": true`,
belongs to no class. What else the row has is in the record's fields, what else the data has in their `data`; there the
guess is too, and in the fields' `id` an id that is a number. So an export can say all of it again.
"""

from collections.abc import Iterator
from typing import Any, Final

from debugger.ingest.json_text import JsonText
from debugger.ingest.json_values import parse, parse_object
from debugger.ingest.pieces import Piece, records
from debugger.ingest.record import BrokenRecord, Record
from debugger.ingest.refusals import RowError
from debugger.ingest.values import id_of, is_true, label_of, score_of, split_of, text_of

ROW_NAMES: Final = frozenset({"id", "complete", "usage", "score", "data"})
DATA_NAMES: Final = frozenset({"text", "intent", "out_of_scope"})
"""What has a meaning in a row, and in its data."""


def read(text: Iterator[str]) -> Iterator[Record | BrokenRecord]:
    """Yield what each row says; raises BrokenFileError where the list is broken."""
    return records(_rows(JsonText(text)), _record)


def _rows(document: JsonText) -> Iterator[Piece]:
    yield from document.elements()
    document.end()


def _record(row: str) -> Record:
    values = parse_object(row)
    data = _data(values.get("data"))
    is_complete = is_true(values.get("complete"), "complete", default=True)
    out_of_scope = is_complete and is_true(data.get("out_of_scope"), "out_of_scope")
    return Record(
        text=text_of(data.get("text")),
        label=label_of(data.get("intent")) if is_complete and not out_of_scope else None,
        split=split_of(values.get("usage")),
        external_id=id_of(values.get("id")),
        score=score_of(values.get("score")),
        out_of_scope=out_of_scope,
        fields=_fields(values, data, is_complete=is_complete),
    )


def _data(value: object) -> dict[str, Any]:
    if value is None:
        raise RowError("it has no `data`")
    data = parse(value) if isinstance(value, str) else value
    if not isinstance(data, dict):
        raise RowError("its `data` is not an object with `text` and `intent`")
    return data


def _fields(values: dict[str, Any], data: dict[str, Any], *, is_complete: bool) -> dict[str, Any]:
    fields = {name: value for name, value in values.items() if name not in ROW_NAMES}
    if isinstance(values.get("id"), int):
        fields["id"] = values["id"]
    meant = DATA_NAMES if is_complete else {"text", *(name for name in DATA_NAMES if data.get(name) in (None, ""))}
    kept = {name: value for name, value in data.items() if name not in meant}
    return fields | {"data": kept} if kept else fields
