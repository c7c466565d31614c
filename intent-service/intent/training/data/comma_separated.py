"""The records of comma-separated values, one by one, so that a broken one spoils no other."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

MAX_RECORDS: Final = 1_000_000
MAX_RECORD_LINES: Final = 200
"""After so many lines a quote counts as one that never closes; every line may open one, so this bounds the time."""


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of a record, the line where it begins, counted from 1, and why it cannot be taken, if so."""

    line: int
    cells: Sequence[str] = ()
    fault: str | None = None


def records(text: str, delimiter: str) -> Iterator[Record]:
    """Yield what is between quotes as it was meant; blank lines are none.

    A record that is not CSV costs its first line: the reading goes on with the next.
    """
    file = io.StringIO(text, newline="")
    line = 1
    for _ in range(MAX_RECORDS):
        start = file.tell()
        reader = csv.reader(islice(file, MAX_RECORD_LINES), delimiter=delimiter, strict=True, skipinitialspace=True)
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield Record(
                line, fault=f"is not CSV ({error}): is a quote not closed, or one in a quoted cell not doubled?"
            )
            file.seek(start)
            file.readline()
            line += 1
            continue
        if cells is None:
            return
        if cells:
            yield Record(line, cells)
        line += reader.line_num
    if file.readline():
        yield Record(line, fault=f"is beyond the {MAX_RECORDS:,} rows that are read of a file")
