"""Tables are split as the standard library splits them, and what a row says is found under its columns' names."""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debugger.ingest import BrokenFileError, BrokenRecord, Record, open_file, open_records
from debugger.ingest.comma_separated import MAX_COLUMNS

REAL = Path(__file__).parents[3] / "../shared/data/intents/banking77_train.csv"
CELLS = st.text(st.sampled_from('ab;"," \r\nä\t'), max_size=8)
CUTS = st.lists(st.integers(0, 300), max_size=12)


def read(data: bytes | str, cuts: Sequence[int] = ()) -> list[Record | BrokenRecord]:
    found = data.encode() if isinstance(data, str) else data

    def chunks() -> Iterator[bytes]:
        for begin, end in pairwise([0, *sorted(cuts), len(found)]):
            yield found[begin:end]

    return list(open_records(chunks(), "csv"))


def message(data: str) -> str:
    (found,) = read(data)
    assert isinstance(found, BrokenRecord)
    return found.message


@settings(deadline=None)
@given(
    rows=st.lists(st.tuples(CELLS, CELLS), max_size=8),
    cuts=CUTS,
    delimiter=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n", "\r", "\n\n"]),
    mark=st.sampled_from(["", "\ufeff"]),
)
def test_rows_end_where_the_standard_library_ends_them(
    rows: list[tuple[str, str]], cuts: list[int], delimiter: str, end: str, mark: str
) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([("text", "note"), *rows])
    found = read(mark + file.getvalue(), cuts)
    expected = [row for row in rows if row[0].strip()]
    assert [(each.text, each.fields["note"]) for each in found if isinstance(each, Record)] == expected


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from('ab,"\n\r'), max_size=40), CUTS)
def test_where_chunks_end_makes_no_difference(table: str, cuts: list[int]) -> None:
    results = []
    for places in ((), cuts, range(5 + len(table))):
        try:
            results.append(read("text\n" + table, [place for place in places if place <= 5 + len(table)]))
        except BrokenFileError as error:
            results.append([BrokenRecord("", str(error))])
    assert results[0] == results[1] == results[2]


def test_a_quote_within_a_cell_is_only_a_sign() -> None:
    found = read('text,label\na 5" pipe,a\n"say ""hi"",\nplease",b\n')
    assert found == [Record('a 5" pipe', "a"), Record('say "hi",\nplease', "b")]


def test_columns_are_found_by_name_and_others_are_kept() -> None:
    table = " ID ;Text;Category;Split;Score;out_of_scope;Language;\n a1;hello; hi ;TEST; 0.5 ;;en;x\n"
    assert read(table) == [Record("hello", "hi", "testing", "a1", 0.5, False, {"Language": "en"})]


def test_cells_are_unshielded_and_apostrophes_of_a_text_stay() -> None:
    assert read("text,label\n'=1,'+a\n'tis,''\n") == [Record("=1", "+a"), Record("'tis", "''")]


def test_out_of_scope_is_a_truth() -> None:
    assert read("text,label,out_of_scope\na,oos,TRUE\n") == [Record("a", out_of_scope=True)]


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("text,label\na\n", "1 cells and the header has 2"),
        ("text,label\na,b,c\n", "3 cells and the header has 2"),
        ('text,label\n"a"b,c\n', "not CSV"),
        ("text,label\na\0,b\n", "NUL"),
        ("text,label\n,b\n", "text is empty"),
        ("text,score\na,nan\n", "score is no number"),
        ("text,score\na,1_0\n", "score is no number"),
        ("text,score\na,1e999\n", "score is not between"),
        ("text,out_of_scope\na,maybe\n", "`out_of_scope` is neither"),
        ("text,more\na," + "x" * 200_000 + "\n", "field larger than"),
    ],
)
def test_a_broken_row_says_why(table: str, reason: str) -> None:
    assert reason in message(table)


@pytest.mark.parametrize("cell", ["x" * 10_000_000, '"' + 'x""\n' * 2_500_000 + '"'])
def test_a_cell_of_ten_megabytes_spoils_no_other(cell: str) -> None:
    first, second, third = read(f"text,label\na,b\n{cell},b\na,b\n")
    assert isinstance(second, BrokenRecord)
    assert "1,048,576 characters" in second.message
    assert first == third == Record("a", "b")


def test_a_quote_that_is_never_closed_is_found_out_at_the_end() -> None:
    found = open_records(iter([b'text\na\n"b\n' + b"c\n" * 10]))
    assert next(found) == Record("a")
    with pytest.raises(BrokenFileError, match="never closed, in the row that begins with '\"b"):
        next(found)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("", "first line"),
        ("a,b\nc,d\n", "first line"),
        ("text,note,note\n", "Two columns are called 'note'"),
        ("Text,text\n", "Two columns"),
        ("text" + ",a" * MAX_COLUMNS, "more than 500 columns"),
        ('"' + "a" * 100_000 + '",text\n', "first line"),
    ],
)
def test_a_header_that_cannot_be_used_is_refused(table: str, reason: str) -> None:
    with pytest.raises(BrokenFileError, match=reason):
        read(table)


@pytest.mark.skipif(not REAL.exists(), reason="the shared data is not there")
def test_the_real_file_is_read_whole() -> None:
    with REAL.open("rb") as file:
        opened = open_file(iter(lambda: file.read(1 << 16), b""))
        found = list(opened.records)
    assert opened.format == "csv"
    assert sum(isinstance(each, Record) for each in found) == len(found) == 10_003
    assert len({each.label for each in found if isinstance(each, Record)}) == 77
