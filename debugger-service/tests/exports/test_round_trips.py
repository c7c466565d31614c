"""Importing an export gives the same records, in every format."""

import gzip
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debugger.exports.rows import ExportRow
from debugger.ingest import Format, Record, open_file
from debugger.ingest.chatbot import DATA_NAMES, ROW_NAMES
from debugger.ingest.comma_separated import NAMES

ExportTo = Callable[[str, Iterable[ExportRow]], bytes]
RowsOf = Callable[[Iterable[Record]], list[ExportRow]]

CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
TEXTS = st.text(CHARACTERS | st.sampled_from("'=+-@\t\r\n\",;\\"), min_size=1, max_size=30)
FILLED = TEXTS.filter(str.strip)
STRIPPED = FILLED.map(str.strip)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def fields(names: Iterable[str], values: st.SearchStrategy[object] = JSON) -> st.SearchStrategy[dict[str, object]]:
    meant = frozenset(names)
    return st.dictionaries(TEXTS.filter(lambda name: name not in meant), values, max_size=3)


def records(kept: st.SearchStrategy[dict[str, object]]) -> st.SearchStrategy[Record]:
    return st.builds(
        Record,
        text=FILLED,
        label=st.none() | STRIPPED,
        split=st.sampled_from([None, "training", "validation", "testing"]),
        external_id=st.none() | STRIPPED,
        score=st.none() | st.floats(-1e30, 1e30),
        out_of_scope=st.booleans(),
        fields=kept,
    ).map(consistent)


def consistent(record: Record) -> Record:
    return replace(record, label=None) if record.out_of_scope else record


def read(data: bytes) -> tuple[Format, list[object]]:
    opened = open_file(iter([gzip.compress(data)]))
    return opened.format, list(opened.records)


@settings(deadline=None)
@given(kept=st.lists(records(fields(NAMES)), max_size=5), numbered=st.booleans())
def test_jsonl(kept: list[Record], numbered: bool, export_to: ExportTo, rows_of: RowsOf) -> None:
    if numbered:
        kept = [replace(each, external_id=str(n), fields={"id": n, **each.fields}) for n, each in enumerate(kept)]
    data = export_to("jsonl", rows_of(kept))
    assert read(data) == ("jsonl", kept) if kept else data == b""


@settings(deadline=None)
@given(
    kept=st.lists(st.tuples(records(fields(ROW_NAMES)), fields(DATA_NAMES), st.none() | FILLED), max_size=5),
    numbered=st.booleans(),
)
def test_chatbot(
    kept: list[tuple[Record, dict[str, object], str | None]], numbered: bool, export_to: ExportTo, rows_of: RowsOf
) -> None:
    expected = []
    for number, (record, data, guess) in enumerate(kept):
        if guess and record.label is None and not record.out_of_scope:
            data["intent"] = guess
        if data:
            record.fields["data"] = data
        if numbered:
            record.fields["id"] = number
        expected.append(replace(record, external_id=str(number)) if numbered else record)
    assert read(export_to("chatbot", rows_of(expected))) == ("chatbot", expected)


@settings(deadline=None)
@given(
    columns=st.lists(FILLED.filter(lambda name: name.strip().casefold() not in NAMES), max_size=3, unique=True),
    data=st.data(),
)
def test_csv(columns: list[str], data: st.DataObject, export_to: ExportTo, rows_of: RowsOf) -> None:
    kept = data.draw(st.lists(records(st.fixed_dictionaries(dict.fromkeys(columns, TEXTS))), min_size=1, max_size=5))
    assert read(export_to("csv", rows_of(kept))) == ("csv", kept)


PAIRS = st.builds(Record, FILLED, st.none() | STRIPPED, st.sampled_from([None, "testing"]), out_of_scope=st.booleans())


@settings(deadline=None)
@given(drawn=st.lists(PAIRS))
def test_clinc(drawn: list[Record], export_to: ExportTo, rows_of: RowsOf) -> None:
    kept = [consistent(each) for each in drawn]
    lists = list(dict.fromkeys((each.split, each.out_of_scope) for each in kept))
    grouped = sorted(kept, key=lambda each: lists.index((each.split, each.out_of_scope)))
    assert read(export_to("clinc", rows_of(kept))) == ("clinc", grouped)


@pytest.mark.parametrize("name", ["chatbot", "jsonl", "csv"])
@settings(deadline=None)
@given(kept=st.lists(records(fields([])), min_size=1, max_size=4))
def test_whatever_the_fields_are_the_rest_comes_back(
    name: str, kept: list[Record], export_to: ExportTo, rows_of: RowsOf
) -> None:
    _, found = read(export_to(name, rows_of(kept)))
    assert [replace(each, fields={}) for each in found if isinstance(each, Record)] == [
        replace(each, fields={}) for each in kept
    ]
