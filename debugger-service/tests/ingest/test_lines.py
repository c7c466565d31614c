"""What a line of JSONL says, and why others are not taken."""

import json

import pytest

from debugger.ingest import BrokenRecord, Record, open_records

TEXT = "where is my card"


def read(*rows: object) -> list[Record | BrokenRecord]:
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    return list(open_records(iter(["\n".join(lines).encode()]), "jsonl"))


def message(row: object) -> str:
    (found,) = read(row)
    assert isinstance(found, BrokenRecord)
    return found.message


def test_a_whole_row_is_taken_and_what_else_it_has_is_kept() -> None:
    row = {"id": " a1", "text": f" {TEXT} ", "label": " lost\t", "split": "Dev", "score": 1, "language": "en", "n": [1]}
    assert read(row) == [Record(f" {TEXT} ", "lost", "validation", "a1", 1.0, False, {"language": "en", "n": [1]})]


def test_an_id_that_is_a_number_is_kept_as_one_too() -> None:
    assert read({"id": 5, "text": TEXT}) == [Record(TEXT, external_id="5", fields={"id": 5})]


@pytest.mark.parametrize("name", ["label", "intent", "category"])
def test_the_label_has_three_names(name: str) -> None:
    assert read({"text": TEXT, name: "lost"}) == [Record(TEXT, "lost")]


def test_the_first_name_counts_and_the_other_is_kept() -> None:
    assert read({"intent": "b", "text": TEXT, "label": "a"}) == [Record(TEXT, "a", fields={"intent": "b"})]
    assert read({"intent": "b", "text": TEXT, "label": None}) == [Record(TEXT, fields={"intent": "b"})]


@pytest.mark.parametrize("label", [None, "", "  "])
def test_an_empty_label_is_none(label: str | None) -> None:
    assert read({"text": TEXT, "label": label, "split": label, "id": label}) == [Record(TEXT)]


def test_a_class_that_is_a_number_is_a_label() -> None:
    assert read({"text": TEXT, "label": 3}) == [Record(TEXT, "3")]


def test_out_of_scope_means_no_label() -> None:
    assert read({"text": TEXT, "label": "oos", "out_of_scope": True}) == [Record(TEXT, out_of_scope=True)]


@pytest.mark.parametrize(
    ("word", "split"),
    [
        ("TRAIN", "training"),
        ("training", "training"),
        ("val", "validation"),
        ("Valid", "validation"),
        ("validation", "validation"),
        ("dev", "validation"),
        ("test", "testing"),
        (" Testing ", "testing"),
    ],
)
def test_splits_have_many_names(word: str, split: str) -> None:
    (found,) = read({"text": TEXT, "usage": word})
    assert isinstance(found, Record)
    assert found.split == split


def test_blank_lines_are_none_and_broken_ones_spoil_no_other() -> None:
    good = json.dumps({"text": TEXT})
    found = read("", good + "\r", " ", "{", good)
    assert [isinstance(each, Record) for each in found] == [True, False, True]


def test_the_subject_is_the_beginning_of_the_row() -> None:
    (found,) = read("\0" * 3 + "x" * 200)
    assert isinstance(found, BrokenRecord)
    assert found.subject == "\ufffd" * 3 + "x" * 97


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("[]", "not a JSON object"),
        ('{"text": "a"', "not JSON"),
        ('{"text": "\\ud800"}', "not JSON: no low surrogate"),
        ('{"text": "a", "score": NaN}', "not JSON"),
        ('{"text": "a", "score": 1e999}', "not JSON: number is infinity"),
        ('{"text": "a", "more": ' + "[" * 32 + "]" * 32 + "}", "more than 32 lists"),
        ('{"text": "a", "more": ' + "[" * 5000 + "]" * 5000 + "}", "depth limit"),
        ('{"text": "a\\u0000"}', "NUL"),
        ('{"text": "a", "more": {"\\u0000": 1}}', "NUL"),
        ({}, "no text"),
        ({"text": None}, "no text"),
        ({"text": 5}, "text is no string"),
        ({"text": " \n "}, "text is empty"),
        ({"text": "x" * 10_001}, "text has 10,001 characters"),
        ({"text": TEXT, "label": "x" * 201}, "label has 201 characters"),
        ({"text": TEXT, "label": True}, "label is neither"),
        ({"text": TEXT, "label": ["a"]}, "label is neither"),
        ({"text": TEXT, "id": "x" * 201}, "id has 201 characters"),
        ({"text": TEXT, "id": 2**64}, "id is neither"),
        ({"text": TEXT, "id": 1.5}, "id is neither"),
        ({"text": TEXT, "split": "fold 1"}, "split is none of"),
        ({"text": TEXT, "split": 1}, "split is none of"),
        ({"text": TEXT, "score": "0.5"}, "score is no number"),
        ({"text": TEXT, "score": True}, "score is no number"),
        ({"text": TEXT, "score": 1e31}, "score is not between"),
        ({"text": TEXT, "out_of_scope": "yes"}, "`out_of_scope` is neither"),
        ({"text": TEXT, "more": "x" * (1 << 20)}, "more than 1,048,576 characters"),
    ],
)
def test_a_broken_row_says_why(row: object, reason: str) -> None:
    found = message(row)
    assert reason in found
    assert found[0].islower()


def test_limits_are_inclusive_and_a_backslash_is_no_nul() -> None:
    row = {"text": "x" * 10_000, "label": "l" * 200, "id": "i" * 200, "score": -1e30, "more": "\\u0000"}
    assert isinstance(read(row)[0], Record)
