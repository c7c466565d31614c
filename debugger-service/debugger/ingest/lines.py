"""JSONL: one object a line, with `text`, and perhaps `label`, `id`, `split`, `score` and `out_of_scope`.

The label may be called `intent` or `category` instead, and the split `usage`. What else an object has is kept, and so
is an `id` that is a number, so that an export can write a number again.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from debugger.ingest.json_values import parse_object
from debugger.ingest.pieces import Gathering, Piece, records
from debugger.ingest.record import BrokenRecord, Record
from debugger.ingest.values import id_of, is_true, label_of, score_of, split_of, text_of

LABEL_NAMES: Final = ("label", "intent", "category")
SPLIT_NAMES: Final = ("split", "usage")
"""Of these names the first one that a row has counts."""

_LINE_ENDS: Final = re.compile(r"\n+")


def read(text: Iterator[str]) -> Iterator[Record | BrokenRecord]:
    """Yield what each line says; blank ones are none."""
    return records((line for line in _lines(text) if not line.is_blank), _record)


def _lines(text: Iterable[str]) -> Iterator[Piece]:
    gathering = Gathering()
    for chunk in text:
        *ended, rest = _LINE_ENDS.split(chunk)
        for part in ended:
            gathering.add(part)
            yield gathering.end()
        gathering.add(rest)
    yield gathering.end()


def _record(line: str) -> Record:
    values = parse_object(line)
    return record_of(values, values.get("id"))


def record_of(values: dict[str, Any], number: object = None) -> Record:
    """Return what the names say, `values` being emptied into its fields; raises RowError.

    With `number`, an id that may be a number, this is among the fields.
    """
    out_of_scope = is_true(values.pop("out_of_scope", None), "out_of_scope")
    label = label_of(_first(values, LABEL_NAMES))
    text = text_of(values.pop("text", None))
    split = split_of(_first(values, SPLIT_NAMES))
    score = score_of(values.pop("score", None))
    identity = id_of(values.pop("id", None))
    fields = {"id": number, **values} if isinstance(number, int) else values
    return Record(text, None if out_of_scope else label, split, identity, score, out_of_scope, fields)


def _first(values: dict[str, Any], names: Iterable[str]) -> object:
    name = next((name for name in names if name in values), None)
    return None if name is None else values.pop(name)
