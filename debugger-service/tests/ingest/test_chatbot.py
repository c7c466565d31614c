"""What a row of a chatbot's export says."""

import json
from itertools import islice
from typing import Any

import pytest

from debugger.ingest import BrokenFileError, BrokenRecord, Record, open_records

TEXT = "where is my card"


def row(data: object = None, **values: Any) -> dict[str, Any]:
    inner = {"text": TEXT, "intent": "lost"} if data is None else data
    whole = {"id": 601188, "project_id": 411, "complete": True, "usage": None, "score": 0.0056}
    return whole | {"data": json.dumps(inner)} | values


def read(rows: object) -> list[Record | BrokenRecord]:
    return list(open_records(iter([json.dumps(rows).encode()])))


def test_a_row_that_is_annotated_has_its_intent() -> None:
    fields = {"project_id": 411, "id": 601188}
    assert read([row(usage="training")]) == [Record(TEXT, "lost", "training", "601188", 0.0056, False, fields)]


def test_the_intent_of_a_row_that_is_not_is_no_label_and_kept() -> None:
    (found,) = read([row(complete=False)])
    assert isinstance(found, Record)
    assert found.label is None
    assert found.fields["data"] == {"intent": "lost"}


@pytest.mark.parametrize("intent", [None, ""])
def test_an_empty_intent_is_no_guess(intent: str | None) -> None:
    (found,) = read([row({"text": TEXT, "intent": intent}, complete=False)])
    assert isinstance(found, Record)
    assert "data" not in found.fields


def test_data_may_be_an_object_and_what_it_has_besides_is_kept() -> None:
    (found,) = read([{"data": {"text": TEXT, "intent": "lost", "channel": "web"}, "by": {"name": "ann"}}])
    assert found == Record(TEXT, "lost", fields={"by": {"name": "ann"}, "data": {"channel": "web"}})


def test_out_of_scope_means_no_label() -> None:
    (found,) = read([row({"text": TEXT, "intent": "lost", "out_of_scope": True})])
    assert isinstance(found, Record)
    assert (found.label, found.out_of_scope, "data" in found.fields) == (None, True, False)


def test_an_empty_list_has_no_rows() -> None:
    assert read([]) == []


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (5, "not a JSON object"),
        ({"text": TEXT}, "no `data`"),
        (row(data=[TEXT]), "`data` is not an object"),
        (row() | {"data": 5}, "`data` is not an object"),
        (row() | {"data": "{"}, "not JSON"),
        (row() | {"data": '{"text": "\\ud800"}'}, "no low surrogate"),
        (row() | {"data": '{"text": "a\\u0000"}'}, "NUL"),
        (row(complete="yes"), "`complete` is neither"),
        (row(usage="both"), "split is none of"),
        (row({"intent": "lost"}), "no text"),
    ],
)
def test_a_broken_row_says_why_and_spoils_no_other(broken: object, reason: str) -> None:
    first, second, third = read([row(), broken, row()])
    assert isinstance(first, Record)
    assert isinstance(second, BrokenRecord)
    assert reason in second.message
    assert third == first


@pytest.mark.parametrize("cut", [1, 20, 40])
def test_a_file_that_was_cut_off_gives_what_came_before(cut: int) -> None:
    data = json.dumps([row(), row(), row()]).encode()
    found = open_records(iter([data[:-cut]]))
    before = 3 if cut == 1 else 2
    assert len(list(islice(found, before))) == before
    with pytest.raises(BrokenFileError, match="cut off"):
        next(found)
