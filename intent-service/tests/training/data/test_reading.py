"""Every format is read as it was written, and anything else is refused with a reason."""

import csv
import hashlib
import io
import json
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intent.labels import Label
from intent.training.data.checking import MAX_LABELS
from intent.training.data.examples import Data, Example, Place
from intent.training.data.reading import DataError, read
from intent.training.data.sources import MAX_FILE_BYTES

PROPERTY = settings(deadline=None)

TEXTS = (
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), min_size=1, max_size=40)
    .map(lambda text: unicodedata.normalize("NFC", text).strip())
    .filter(bool)
)
NUMBERS = st.integers(-(10**6), 10**6)
NAMES = st.sampled_from(["card arrival", "late; later", "a,b", '"quoted"', "é", "007", "1.0"])
TABLE_ROWS = st.one_of(*(st.lists(st.tuples(TEXTS, labels), min_size=1, max_size=10) for labels in (NUMBERS, NAMES)))
JSON_ROWS = st.lists(st.tuples(TEXTS, st.one_of(NUMBERS, NAMES)), min_size=1, max_size=10)

Rows = list[tuple[str, Label]]


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def table(rows: list[tuple[Any, ...]], delimiter: str = ",", end: str = "\n") -> str:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator=end).writerows(rows)
    return file.getvalue()


def pairs(examples: Any) -> list[tuple[str, Label | None]]:
    return [(example.text, example.label) for example in examples]


def reasons(data: Data) -> list[str]:
    return [f"{each.place} {each.reason}" for each in data.rejected]


@PROPERTY
@given(TABLE_ROWS, st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["utf-8", "utf-8-sig"]))
def test_a_table_is_read_as_written(folder: Path, rows: Rows, delimiter: str, end: str, encoding: str) -> None:
    content = table([("Text", " LABEL "), *rows], delimiter, end)
    data = read(write(folder, "table.csv", content.encode(encoding)))
    assert pairs(data.training) == rows
    assert not data.rejected


@PROPERTY
@given(TABLE_ROWS, st.sampled_from(",;"), st.randoms(use_true_random=False))
def test_a_pair_of_tables_is_read_as_written(folder: Path, rows: Rows, delimiter: str, order: Any) -> None:
    numbered = list(enumerate(rows))
    order.shuffle(numbered)
    questions = table([("ID", "question"), *((number, text) for number, (text, _) in enumerate(rows))], delimiter)
    write(folder, "pair/questions.csv", questions)
    write(folder, "pair/intents.csv", table([("ID", "intention"), *((n, label) for n, (_, label) in numbered)]))
    data = read(folder / "pair")
    assert pairs(data.training) == rows
    assert [example.id for example in data.training] == [str(number) for number in range(len(rows))]
    assert not data.rejected


@PROPERTY
@given(JSON_ROWS, st.sampled_from(["rows.jsonl", "rows.json", "rows"]), st.booleans())
def test_lines_of_json_are_read_as_written(folder: Path, rows: Rows, name: str, ascii_only: bool) -> None:
    lines = [json.dumps({"utterance": text, "Class": label}, ensure_ascii=ascii_only) for text, label in rows]
    assert pairs(read(write(folder, name, "\n".join(lines))).training) == rows


@PROPERTY
@given(JSON_ROWS, JSON_ROWS, JSON_ROWS)
def test_clincs_lists_are_read_as_written(folder: Path, training: Rows, testing: Rows, outside: Rows) -> None:
    document = {"oos_test": [(text, "oos") for text, _ in outside], "train": training, "test": testing, "val": []}
    data = read(write(folder, "clinc.json", json.dumps(document)))
    assert pairs(data.training) == training
    assert not data.validation
    assert pairs(data.testing) == [*testing, *((text, None) for text, _ in outside)]


@PROPERTY
@given(JSON_ROWS, st.sampled_from([(None, "training"), ("validation", "validation"), ("testing", "testing")]))
def test_the_debuggers_export_is_read_as_written(folder: Path, rows: Rows, usages: tuple[str | None, str]) -> None:
    usage, part = usages
    entries = [exported(number, {"text": text, "intent": label}, usage) for number, (text, label) in enumerate(rows)]
    data = read(write(folder, "export.json", json.dumps(entries)))
    assert pairs(getattr(data, part)) == rows
    assert [example.id for example in getattr(data, part)] == [str(number) for number in range(len(rows))]


def exported(number: int, data: object, usage: str | None = None) -> dict[str, object]:
    data = data if isinstance(data, str) else json.dumps(data)
    return {"id": number, "project_id": 1, "complete": True, "usage": usage, "score": None, "data": data}


KEYS = st.sampled_from(["text", "label", "intent", "data", "train", "oos_test", "usage", "id", "ID", "question"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda values: st.lists(values, max_size=4) | st.dictionaries(KEYS, values, max_size=4),
)
PIECES = st.sampled_from(
    [
        '"',
        ",",
        ";",
        "\n",
        "\r",
        "\t",
        "{",
        "}",
        "[",
        "]",
        ":",
        "ID",
        "question",
        "intention",
        "text",
        "label",
        "\\u",
        "é",
    ]
)
ANYTHING = st.one_of(
    st.binary(max_size=200),
    st.lists(PIECES, max_size=40).map("".join).map(str.encode),
    st.binary(max_size=80).map(lambda data: b"text,label\n" + data),
    st.lists(JSON, max_size=3).map(lambda values: "\n".join(map(json.dumps, values)).encode()),
    st.tuples(JSON, st.integers(0, 60)).map(lambda cut: json.dumps(cut[0]).encode()[: cut[1]]),
    JSON.map(lambda value: json.dumps([exported(1, json.dumps(value))]).encode()),
)


@settings(deadline=None, max_examples=500)
@given(ANYTHING, st.sampled_from(["any.csv", "any.tsv", "any.json", "any.jsonl", "any"]))
def test_any_bytes_are_data_or_refused(folder: Path, content: bytes, name: str) -> None:
    path = write(folder, name, content)
    with suppress(DataError):
        data = read(path)
        assert data.unlabeled or data.training or data.validation or data.testing
        json.dumps([example.text for example in data.training], ensure_ascii=False).encode()


@settings(deadline=None, max_examples=200)
@given(ANYTHING, ANYTHING)
def test_any_files_of_a_folder_are_data_or_refused(folder: Path, one: bytes, other: bytes) -> None:
    write(folder, "files/train_questions.csv", b"ID,question\n" + one)
    write(folder, "files/train_intents.csv", other)
    with suppress(DataError):
        assert isinstance(read(folder / "files"), Data)


def test_pairs_that_names_tell_apart_are_the_splits(tmp_path: Path) -> None:
    for number, name in enumerate(["train", "valid", "test"]):
        write(tmp_path, f"{name}_questions.csv", f"ID;question\n1;question {number}\n")
        write(tmp_path, f"{name}_labels.csv", f"ID,intention\n1,{number}\n")
    data = read(tmp_path)
    assert data.training == [Example("question 0", 0, Place("train_questions.csv", 2), "1")]
    assert data.validation == [Example("question 1", 1, Place("valid_questions.csv", 2), "1")]
    assert data.testing == [Example("question 2", 2, Place("test_questions.csv", 2), "1")]


def test_pairs_in_folders_of_their_own_are_the_splits(tmp_path: Path) -> None:
    for name in ("train", "dev"):
        write(tmp_path, f"{name}/x.csv", f"ID,question\n1,{name}\n")
        write(tmp_path, f"{name}/y.csv", "ID,intention\n1,a\n")
    write(tmp_path, "test/x.csv", "ID,question\n1,no answers\n")
    write(tmp_path, ".hidden/z.csv", "nothing")
    write(tmp_path, "README.md", "nothing")
    data = read(tmp_path)
    assert (pairs(data.training), pairs(data.validation), data.testing) == ([("train", "a")], [("dev", "a")], [])
    assert reasons(data) == ["test/x.csv:1 there is no file with the intentions for these IDs"]


def test_several_pairs_of_one_part_are_told_apart_by_their_names(tmp_path: Path) -> None:
    for name in ("shop", "bank"):
        write(tmp_path, f"{name}_questions.csv", f"ID,question\n1,{name}\n")
        write(tmp_path, f"{name}_intentions.csv", f"ID,intention\n1,{name}\n")
    assert pairs(read(tmp_path).training) == [("bank", "bank"), ("shop", "shop")]


def test_a_pairs_bad_rows_are_named_and_the_rest_goes_in(tmp_path: Path) -> None:
    questions = b"\xef\xbb\xbfid ; QUESTION\n1;one\n2;\n3;three\n1;one\n1;other\n;no id\n4;alone\n5;f\xff\n6\n"
    write(tmp_path, "questions.csv", questions)
    write(tmp_path, "intents.csv", "ID,intention\n1,10\n2,20\n3,\n5,50\n7,70\n1,11\n")
    data = read(tmp_path)
    assert data.training == [Example("one", 10, Place("questions.csv", 2), "1")]
    assert reasons(data) == [
        "intents.csv:4 the label is empty",
        "intents.csv:6 questions.csv has no question with this ID",
        "intents.csv:7 the ID stands in line 2 with another value",
        "questions.csv:3 the text is empty",
        "questions.csv:5 repeats line 2",
        "questions.csv:6 the ID stands in line 2 with another value",
        "questions.csv:7 the ID is empty",
        "questions.csv:8 intents.csv has no intention with this ID",
        "questions.csv:9 the text holds half of a surrogate pair, or bytes that are not UTF-8",
        "questions.csv:10 the number of cells is 1, and the header has 2: a text that holds ';' must be quoted",
    ]


def test_latin_1_is_read(tmp_path: Path) -> None:
    content = "ID;question;intention\r\n1;Où est ma carte ?;carte\r\n2;Ça coûte 5 € ?;coût\r\n".encode("cp1252")
    data = read(write(tmp_path, "intents.csv", content))
    assert pairs(data.training) == [("Où est ma carte ?", "carte"), ("Ça coûte 5 € ?", "coût")]
    assert [example.id for example in data.training] == ["1", "2"]


def test_labels_of_a_table_are_numbers_only_if_all_are(tmp_path: Path) -> None:
    write(tmp_path, "train.csv", "text,label\na,1\nb,-2\nc,0\n")
    write(tmp_path, "test.csv", "text,label\na,1\n")
    assert [example.label for example in read(tmp_path).training] == [1, -2, 0]
    write(tmp_path, "test.csv", "text,label\na,01\n")
    assert [example.label for example in read(tmp_path).training] == ["1", "-2", "0"]


def test_labels_of_json_stay_what_they_are(tmp_path: Path) -> None:
    lines = ['{"text": "a", "label": "1"}', '{"text": "b", "label": 1}', '{"text": "c", "label": 1.0}']
    data = read(write(tmp_path, "a.jsonl", "\n".join([*lines, '{"text": "d", "label": true}'])))
    assert pairs(data.training) == [("a", "1"), ("b", 1)]
    assert reasons(data) == [
        "a.jsonl:3 the label is a number with a decimal point, not a string or a whole number",
        "a.jsonl:4 the label is true or false, not a string or a whole number",
    ]


def test_a_column_may_name_the_split(tmp_path: Path) -> None:
    content = "usage,text,label\ntraining,a,x\nVal,b,x\ntest,c,x\n,d,x\nboth,e,x\n"
    data = read(write(tmp_path, "a.csv", content))
    assert (pairs(data.training), pairs(data.validation)) == ([("a", "x"), ("d", "x")], [("b", "x")])
    assert pairs(data.testing) == [("c", "x")]
    assert reasons(data) == ["a.csv:6 its split is none of training, validation and testing"]


def test_bad_lines_of_json_are_named_and_the_rest_goes_in(tmp_path: Path) -> None:
    lines = [
        '{"text": "a", "label": "x", "split": "test", "id": 7}',
        '{"text": "a", "label": "x"',
        "",
        "[" * 100_000,
        "3",
        '{"text": "a"}',
        '{"text": "\\ud800", "label": "x"}',
        '{"text": "a", "label": ' + "9" * 5_000 + "}",
        '{"text": "a", "label": "x", "split": 3}',
        '{"text": "b", "label": "x", "id": {}}',
        '{"text": "c", "label": null}',
    ]
    data = read(write(tmp_path, "a.jsonl", "\n".join(lines)))
    assert data.testing == [Example("a", "x", Place("a.jsonl", 1), "7")]
    assert [each.place.line for each in data.rejected] == [2, 4, 5, 6, 7, 8, 9, 10]
    for reason, part in zip(
        reasons(data)[:2], ["is not JSON: Expecting ',' delimiter", "too many values in each other"]
    ):
        assert part in reason


def test_bad_entries_of_the_debuggers_export_are_named(tmp_path: Path) -> None:
    entries = [
        exported(1, {"text": "a", "intent": "x"}, "training"),
        exported(2, {"text": "b"}),
        exported(3, {"text": "b", "intent": None}, "testing"),
        exported(4, "{"),
        exported(5, "[]"),
        exported(6, {"text": "b", "intent": "x"}, "both"),
        {"id": 7, "data": {"text": "b", "intent": "x"}},
        8,
        exported(9, {"intent": "x"}),
        exported(10, "[" * 100_000),
    ]
    data = read(write(tmp_path, "export.json", json.dumps(entries)))
    assert pairs(data.training) == [("a", "x")]
    assert data.unlabeled == 2
    assert reasons(data)[0].startswith("export.json, entry:4 its `data` is not JSON: ")
    assert [each.place.line for each in data.rejected] == [4, 5, 6, 7, 8, 9, 10]


def test_an_export_without_any_label_is_counted(tmp_path: Path) -> None:
    data = read(write(tmp_path, "export.json", json.dumps([exported(1, {"text": "a"})])))
    assert (data.unlabeled, data.training, data.rejected) == (1, [], [])


def test_bad_entries_of_clincs_lists_are_named(tmp_path: Path) -> None:
    document = {"train": [["a", "x"], ["b"], "cd", ["e", 1.5], {"f": "x"}, ["g", "x", "y"]], "else": []}
    data = read(write(tmp_path, "clinc.json", json.dumps(document)))
    assert pairs(data.training) == [("a", "x")]
    assert [str(each.place) for each in data.rejected] == [
        "clinc.json:1",
        *(f"clinc.json, train:{number}" for number in range(2, 7)),
    ]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.json", '{"train": [["a", "x"], ["b", ', r"a\.json is not JSON: "),
        ("a.json", '{"train": [["a", "x"]], "test": 3}', "test is not a list of pairs"),
        ("a.json", "[" * 100_000, "too many values in each other"),
        ("a.json", '{"name": "package"}', "in none of the known formats"),
        ("a.json", "", "a.json is empty"),
        ("a.json", "[]", "no row of .* can be taken"),
        ("a.csv", "text,answer\na,b\n", "no first line that names its columns"),
        ("a.csv", "Where is my card?,card_arrival\n", "no first line that names its columns"),
        ("a.csv", "text,label\n", "no row of .* can be taken, and 0 are rejected"),
        ("a.csv", 'text,label\n"a,x\n', r"the first reason: a\.csv:2 is not CSV"),
        ("a.csv", "ID,question\n1,a\n", "no file with the intentions"),
        ("a.csv", "\ufeffID,question\n1,a\n".encode("utf-16-le"), "is written in UTF-16"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, name: str, content: str | bytes, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        read(write(tmp_path, name, content))


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="neither a file nor a folder"):
        read(tmp_path / "absent")
    with pytest.raises(DataError, match="cannot be read: File name too long"):
        read(tmp_path / ("x" * 300))
    with pytest.raises(DataError, match=r"no file that ends in \.csv, "):
        read(tmp_path)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(DataError, match=r"a\.csv has more than 67,108,864 bytes"):
        read(tmp_path / "a.csv")


def test_labels_beyond_the_limit_are_rejected(tmp_path: Path) -> None:
    content = table([("text", "label"), *((f"text {number}", number) for number in range(MAX_LABELS + 2)), ("last", 0)])
    data = read(write(tmp_path, "a.csv", content))
    assert (len(data.training), data.training[-1].text) == (MAX_LABELS + 1, "last")
    assert [each.reason for each in data.rejected] == ["the label is beyond the first 10,000"] * 2


def test_other_files_of_a_folder_are_passed_over_and_said(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", "text,label\na,x\n")
    write(tmp_path, "package.json", "{}")
    data = read(tmp_path)
    assert pairs(data.training) == [("a", "x")]
    assert reasons(data) == ["package.json:1 package.json is JSON, but in none of the known formats"]


def test_a_reason_never_holds_what_the_data_says(tmp_path: Path) -> None:
    secret = "hush"
    content = f'{secret},{secret}\n"{secret},{secret}\n{secret},{secret},{secret}\n{secret}\0,{secret}\n'
    data = read(write(tmp_path, "a.csv", f"text,label\na,x\n{content}"))
    assert len(data.rejected) == 3
    assert secret not in "".join(reasons(data))
    lines = [
        f'{{"text": "{secret}" {secret}',
        f'{{"text": "{secret}", "label": 1.5}}',
        f'{{"{secret}": 3}}',
        f'"{secret}"',
    ]
    with pytest.raises(DataError) as refused:
        read(write(tmp_path, "a.jsonl", "\n".join(lines)))
    assert secret not in str(refused.value)


def test_the_hash_is_that_of_the_contents(tmp_path: Path) -> None:
    content = "text,label\na,x\n"
    alone = read(write(tmp_path, "one/a.csv", content)).sha256
    assert alone == hashlib.sha256(content.encode()).hexdigest()
    assert read(tmp_path / "one").sha256 == alone
    write(tmp_path, "one/b.csv", "text,label\nb,x\n")
    both = read(tmp_path / "one").sha256
    assert both != alone
    write(tmp_path, "one/b.csv", "text,label\nc,x\n")
    assert read(tmp_path / "one").sha256 != both


def test_a_test_set_may_come_from_elsewhere(tmp_path: Path) -> None:
    source, test = write(tmp_path, "my_test.csv", "text,label\na,1\n"), write(tmp_path, "b.csv", "text,label\nb,2\n")
    data = read(source, test=test)
    assert (pairs(data.training), pairs(data.testing)) == ([("a", 1)], [("b", 2)])
    clinc = write(tmp_path, "clinc.json", json.dumps({"train": [["c", 3]], "test": [["d", 4]]}))
    assert pairs(read(source, test=clinc).testing) == [("d", 4)]
    with pytest.raises(DataError, match="has rows for testing of its own"):
        read(clinc, test=test)
    with pytest.raises(DataError, match=r"no row of .*empty\.csv can be taken"):
        read(source, test=write(tmp_path, "empty.csv", "text,label\n"))


def test_clinc150(intents: Path) -> None:
    data = read(intents / "clinc150_full.json")
    parts = (data.training, data.validation, data.testing)
    assert [sum(example.label is not None for example in part) for part in parts] == [15_000, 3_000, 4_500]
    assert [sum(example.label is None for example in part) for part in parts] == [100, 100, 1_000]
    assert len({example.label for example in data.training} - {None}) == 150
    assert not data.rejected


def test_banking77(intents: Path) -> None:
    data = read(intents / "banking77_train.csv", test=intents / "banking77_test.csv")
    assert (len(data.training), len(data.validation), len(data.testing)) == (10_003, 0, 3_080)
    assert len({example.label for example in data.training}) == 77
    assert not data.rejected


def test_banking77_as_a_folder(intents: Path, tmp_path: Path) -> None:
    for name in ("banking77_train.csv", "banking77_test.csv"):
        (tmp_path / name).symlink_to(intents / name)
    data = read(tmp_path)
    assert (len(data.training), len(data.testing)) == (10_003, 3_080)
