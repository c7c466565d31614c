"""What is dropped is left out, what was decided is written, and what came with a row is there again."""

import csv
import io
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from debugger.exports import FORMATS
from debugger.exports.comma_separated import TooManyColumnsError
from debugger.exports.rows import ExportRow, State
from debugger.ingest.record import Record

ExportTo = Callable[[str, Iterable[ExportRow]], bytes]

FIELDS: dict[str, Any] = {"project_id": 411, "id": 601188, "data": {"channel": "web", "intent": "guess"}}
RECORD = Record("where is my card", "lost", "training", "601188", 0.5, False, FIELDS)
DROPPED = ExportRow(1, Record("x"), None, "dropped")
RELABELED = ExportRow(2, RECORD, "card arrival", "active", "relabel", "ann", datetime(2026, 1, 2, tzinfo=UTC), "clear")
OUTSIDE = ExportRow(3, Record("hello", "lost"), "lost", "out_of_scope")
NEW = ExportRow(4, Record("=1+1", external_id="7", fields={"data": {"intent": "guess"}}), None, "active")
ROWS = [DROPPED, RELABELED, OUTSIDE, NEW]


def test_a_chatbot_finds_the_changed_label_inside_data(export_to: ExportTo) -> None:
    relabeled, outside, new = json.loads(export_to("chatbot", ROWS))
    assert json.loads(relabeled.pop("data")) == {"text": "where is my card", "intent": "card arrival", "channel": "web"}
    assert relabeled == {"id": 601188, "complete": True, "usage": "training", "score": 0.5, "project_id": 411}
    assert json.loads(outside["data"]) == {"text": "hello", "intent": None, "out_of_scope": True}
    assert outside["complete"]
    assert json.loads(new["data"]) == {"text": "=1+1", "intent": "guess"}
    assert (new["id"], new["complete"], new["usage"]) == ("7", False, None)


def test_jsonl_says_what_is_known(export_to: ExportTo) -> None:
    relabeled, outside, new = map(json.loads, export_to("jsonl", ROWS).splitlines())
    assert relabeled == {
        "id": 601188,
        "text": "where is my card",
        "label": "card arrival",
        "split": "training",
        "score": 0.5,
        "project_id": 411,
        "data": {"channel": "web", "intent": "guess"},
    }
    assert outside == {"text": "hello", "label": None, "split": None, "out_of_scope": True}
    assert new["id"] == "7"


def test_csv_has_a_column_for_every_field_and_no_formula(export_to: ExportTo) -> None:
    table = list(csv.reader(io.StringIO(export_to("csv", ROWS).decode(), newline="")))
    assert table == [
        ["id", "text", "label", "split", "score", "out_of_scope", "project_id", "data"],
        ["601188", "where is my card", "card arrival", "training", "0.5", "", "411", json.dumps(FIELDS["data"])],
        ["", "hello", "", "", "", "true", "", ""],
        ["7", "'=1+1", "", "", "", "", "", '{"intent": "guess"}'],
    ]


def test_clinc_has_a_list_for_each_split(export_to: ExportTo) -> None:
    assert json.loads(export_to("clinc", ROWS)) == {
        "train": [["where is my card", "card arrival"]],
        "oos_unsplit": [["hello", "oos"]],
        "unsplit": [["=1+1", None]],
    }


def test_a_patch_list_has_what_changed_and_nothing_else(export_to: ExportTo) -> None:
    dropped, relabeled, outside = map(json.loads, export_to("patch", ROWS).splitlines())
    assert dropped["to"] == {"label": None, "status": "dropped"}
    assert relabeled == {
        "id": 601188,
        "number": 2,
        "text": "where is my card",
        "from": {"label": "lost", "status": "active"},
        "to": {"label": "card arrival", "status": "active"},
        "decision": "relabel",
        "author": "ann",
        "at": "2026-01-02T00:00:00.000000Z",
        "comment": "clear",
    }
    assert outside["from"]["status"] == "active"


def test_a_patch_list_may_compare_with_another_version(export_to: ExportTo) -> None:
    same = ExportRow(1, Record("a", "x"), "y", "active", before=State("y", "active"))
    back = ExportRow(2, Record("a", "x"), "x", "active", before=State("x", "dropped"))
    (found,) = map(json.loads, export_to("patch", [same, back]).splitlines())
    assert (found["number"], found["from"]["status"], found["to"]["status"]) == (2, "dropped", "active")


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_of_nothing_is_a_whole_file(name: str, export_to: ExportTo) -> None:
    empty = {
        "chatbot": b"[]\n",
        "clinc": b'{"train": []}\n',
        "jsonl": b"",
        "csv": b"id,text,label,split,score,out_of_scope\r\n",
    }
    assert export_to(name, [DROPPED]) == empty[name]


@pytest.mark.parametrize("name", FORMATS)
def test_many_rows_come_in_their_order(name: str, export_to: ExportTo) -> None:
    rows = [ExportRow(n, Record(f"text {n} {'x' * 300}", "a", "testing"), "a", "active") for n in range(5000)]
    data = export_to(name, rows)
    places = [data.index(f"text {n} ".encode()) for n in range(0, 5000, 100)]
    assert places == sorted(places)


def test_numbers_of_any_length_are_written(export_to: ExportTo) -> None:
    row = ExportRow(1, Record("a", fields={"n": 10**30}), None, "active")
    assert b'"n": 1000000000000000000000000000000' in export_to("jsonl", [row])


@pytest.mark.parametrize("names", [[f"f{n}" for n in range(500)], ["x" * 20_000]])
def test_too_many_fields_are_no_columns(names: list[str], export_to: ExportTo) -> None:
    with pytest.raises(TooManyColumnsError, match="export JSONL instead"):
        export_to("csv", [ExportRow(1, Record("a", fields=dict.fromkeys(names, 1)), None, "active")])
