"""Records against the standard library's reader, and broken ones among others."""

import csv
import io
from collections.abc import Sequence
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intent.training.data.comma_separated import Record, records

CELLS = st.text(st.sampled_from('ab;,\t" \n\r\u2028é'), max_size=6).map(str.lstrip)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=4).filter(any))


@given(ROWS, st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]))
def test_what_the_standard_library_writes_is_read(rows: list[list[str]], delimiter: str, end: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    found = list(records(file.getvalue(), delimiter))
    assert [record.cells for record in found] == rows
    assert not any(record.fault for record in found)


@given(st.text(st.sampled_from('ab,"\n\r '), max_size=60))
def test_every_line_is_in_a_record_or_blank(text: str) -> None:
    found = list(records(text, ","))
    numbers = [record.line for record in found]
    assert numbers == sorted(set(numbers))
    assert all(record.cells or record.fault for record in found)
    lines = io.StringIO(text, newline="").readlines()
    for number, line in enumerate(lines, 1):
        if '"' not in text and line.strip("\r\n"):
            assert number in numbers


def lines_and_faults(text: str) -> list[tuple[int, Sequence[str], bool]]:
    return [(record.line, record.cells, bool(record.fault)) for record in records(text, ",")]


def test_a_quote_that_never_closes_costs_its_line_alone() -> None:
    text = 'a,1\n"b,2\nc,3\nd,4\n'
    assert lines_and_faults(text) == [
        (1, ["a", "1"], False),
        (2, (), True),
        (3, ["c", "3"], False),
        (4, ["d", "4"], False),
    ]


def test_a_quote_that_the_next_one_closes_costs_its_line_alone() -> None:
    text = 'a,1\n"b,2\nc,3\n"d, e",4\n'
    assert lines_and_faults(text) == [
        (1, ["a", "1"], False),
        (2, (), True),
        (3, ["c", "3"], False),
        (4, ["d, e", "4"], False),
    ]


def test_lines_are_counted_through_blank_lines_and_cells_with_line_ends() -> None:
    assert lines_and_faults('a,1\r\n\r\n"b\nb",2\nc,3') == [
        (1, ["a", "1"], False),
        (3, ["b\nb", "2"], False),
        (5, ["c", "3"], False),
    ]


def test_a_cell_without_end_is_a_fault() -> None:
    found = list(records('"' + "x\n" * 200_000, ","))
    assert found[0].fault is not None
    assert found[1] == Record(2, ["x"])


def test_blanks_before_a_quote_do_no_harm() -> None:
    assert [record.cells for record in records('1, "a, b"', ",")] == [["1", "a, b"]]


@pytest.mark.parametrize("text", ["", "\n\n", "\r\n \n".replace(" ", "")])
def test_nothing_holds_no_records(text: str) -> None:
    assert list(records(text, ",")) == []


def test_quotes_that_open_in_every_line_do_not_take_long() -> None:
    lines = 20_000
    started = perf_counter()
    found = list(records('a",b,"\n' * lines, ","))
    assert perf_counter() - started < 10
    assert [record.line for record in found] == list(range(1, lines + 1))
