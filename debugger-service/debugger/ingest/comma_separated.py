"""CSV (RFC 4180): a header that names the columns, separated by commas, semicolons or tabs, and one row a record.

The columns are those of JSONL, with capitals and spaces around them as they like; what other columns hold is kept as
texts, and what has no name is passed over. A row in quotes may go on over many lines. Cells are unshielded.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Final

from debugger.ingest.lines import LABEL_NAMES, SPLIT_NAMES, record_of
from debugger.ingest.pieces import Gathering, Piece, records
from debugger.ingest.record import BrokenRecord, Record
from debugger.ingest.refusals import BrokenFileError, RowError
from debugger.ingest.shield import unshielded

DELIMITERS: Final = (",", ";", "\t")
MAX_COLUMNS: Final = 500
HEADER_CHARACTERS: Final = 64 << 10
"""Within which the header ends."""

NAMES: Final = frozenset({"text", "id", "score", "out_of_scope", *LABEL_NAMES, *SPLIT_NAMES})

_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_QUOTED: Final = re.compile('[^"]*+(?:""[^"]*+)*+')
_TRUTHS: Final = {"": None, "true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True)
class Header:
    """How the file separates its columns, and what they are called."""

    delimiter: str
    names: Sequence[str]


def find_header(head: str) -> Header | None:
    """Return the header at the beginning of a file, None where none names a column `text`."""
    whole = head if len(head) >= HEADER_CHARACTERS else head + "\n"
    for delimiter in DELIMITERS:
        first = next(_filled(_Splitter(delimiter).split(whole)), None)
        names = _names(first, delimiter) if first else ()
        if "text" in names:
            return Header(delimiter, names)
    return None


def read(text: Iterator[str], header: Header) -> Iterator[Record | BrokenRecord]:
    """Yield what each row says; raises BrokenFileError for too many names, one twice, and a quote that stays open."""
    named = [name for name in header.names if name]
    if len(header.names) > MAX_COLUMNS:
        raise BrokenFileError(f"The file has more than {MAX_COLUMNS} columns: leave out what is not needed.")
    if len(set(named)) < len(named):
        twice = next(name for name in named if named.count(name) > 1)
        raise BrokenFileError(f"Two columns are called {twice!a}: rename one of them.")
    rows = islice(_filled(_split(text, header.delimiter)), 1, None)
    return records(rows, lambda row: _record(row, header))


def _names(first: Piece, delimiter: str) -> list[str]:
    try:
        return [column_name(unshielded(cell)) for cell in _cells(first.text, delimiter)]
    except RowError:
        return []


def column_name(cell: str) -> str:
    """Return what a column is called; a name that has a meaning, as it is usually written."""
    plain = cell.strip().casefold()
    return plain if plain in NAMES or not plain else cell


def _record(row: str, header: Header) -> Record:
    cells = _cells(row, header.delimiter)
    if len(cells) != len(header.names):
        remedy = f"quote a text that holds {header.delimiter!a}"
        raise RowError(f"it has {len(cells)} cells and the header has {len(header.names)}: {remedy}")
    values: dict[str, Any] = {name: unshielded(cell) for name, cell in zip(header.names, cells) if name}
    if "score" in values:
        values["score"] = _score(values["score"].strip())
    if "out_of_scope" in values:
        values["out_of_scope"] = _truth(values["out_of_scope"].strip())
    return record_of(values)


def _cells(row: str, delimiter: str) -> list[str]:
    if "\0" in row:
        raise RowError("it holds the character NUL")
    try:
        return next(csv.reader([row], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        raise RowError(f"it is not CSV: {error}") from error


def _score(cell: str) -> float | None:
    if not cell:
        return None
    if not _NUMBER.fullmatch(cell):
        raise RowError("its score is no number")
    return float(cell)


def _truth(cell: str) -> bool | None:
    try:
        return _TRUTHS[cell.casefold()]
    except KeyError:
        raise RowError("its `out_of_scope` is neither true nor false") from None


def _filled(pieces: Iterable[Piece]) -> Iterator[Piece]:
    return (piece for piece in pieces if not piece.is_blank)


def _split(text: Iterable[str], delimiter: str) -> Iterator[Piece]:
    splitter = _Splitter(delimiter)
    yield from chain.from_iterable(map(splitter.split, text))
    yield splitter.end()


class _Splitter:
    """Finds where rows end: at a line end that is not within a cell in quotes."""

    def __init__(self, delimiter: str) -> None:
        self._stop = re.compile(rf'[\r\n]+|{re.escape(delimiter)}(?:"|\Z)')
        self._in_quotes = False
        self._at_edge = True
        """A quote that comes next opens a cell, or is the second of two, which do not close it."""

        self._row = Gathering()

    def split(self, chunk: str) -> Iterator[Piece]:
        """Yield the rows that end in `chunk`."""
        start = at = 0
        while at < len(chunk):
            if self._at_edge:
                self._at_edge = False
                self._in_quotes = chunk[at] == '"'
                at += self._in_quotes
            elif self._in_quotes:
                quoted = _QUOTED.match(chunk, at)
                at = quoted.end() if quoted else at
                self._at_edge = at < len(chunk)
                at += self._at_edge
            else:
                stop = self._stop.search(chunk, at)
                at = stop.end() if stop else len(chunk)
                if stop and stop[0][0] in "\r\n":
                    self._row.add(chunk[start : stop.start()])
                    yield self._row.end()
                    start = at
                    self._at_edge = True
                elif stop:
                    self._in_quotes = stop[0].endswith('"')
                    self._at_edge = not self._in_quotes
        self._row.add(chunk[start:])

    def end(self) -> Piece:
        """Return the last row; raises BrokenFileError."""
        row = self._row.end()
        if self._in_quotes and not self._at_edge:
            raise BrokenFileError(
                f"A quote is opened and never closed, in the row that begins with {row.subject[:40]!a}."
            )
        return row
