"""Reads labelled utterances from a file or a folder, whichever of the formats they are in."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from intent.training.data import clinc, debugger_export, objects
from intent.training.data.checking import check
from intent.training.data.examples import Data, Place
from intent.training.data.json_values import as_list, as_object, parse
from intent.training.data.pairs import join
from intent.training.data.parts import Part
from intent.training.data.refusals import DataError, UnknownFormatError
from intent.training.data.roles import LABEL, TEXT
from intent.training.data.rows import Rows
from intent.training.data.sources import SourceFile, digest, find
from intent.training.data.tables import Table, open_table, read_table

__all__ = ["DataError", "read"]

_LINES: Final = (".jsonl", ".ndjson")
_TABLES: Final = (".csv", ".tsv")


def read(source: Path, *, test: Path | None = None) -> Data:
    """Read all rows of `source`, and for testing those of `test`: of its test part, where it has one, else all.

    A row that cannot be taken is rejected, and the others are read. Raises DataError when a file is damaged or none is
    in a known format, and when nothing is taken; also when both have rows for testing.
    """
    files = find(source)
    rows = _rows(files)
    if test is not None:
        tests = find(test)
        rows.extend(_only_tests(rows, _rows(tests), source))
        files = [*files, *tests]
    data = check(rows, digest(files))
    taken = (*data.training, *data.validation, *data.testing)
    if test is not None and not data.testing:
        raise DataError(_nothing(test, data))
    if not taken and not data.unlabeled:
        raise DataError(_nothing(source, data))
    return data


def _rows(files: Sequence[SourceFile]) -> Rows:
    rows, halves = Rows(), list[Table]()
    for file in files:
        try:
            found = _open(file)
        except UnknownFormatError as error:
            if len(files) == 1:
                raise
            rows.reject(Place(file.name, 1), str(error))
            continue
        if isinstance(found, Rows):
            rows.extend(found)
        else:
            halves.append(found)
    if halves:
        rows.extend(join(halves))
    return rows


def _open(file: SourceFile) -> Rows | Table:
    """Return the file's rows, or the table that is half of a pair."""
    start = file.text.lstrip()[:1]
    if not start:
        raise UnknownFormatError(f"{file.name} is empty")
    if start not in "{[" or file.name.casefold().endswith(_TABLES):
        table = open_table(file)
        return read_table(table) if table.columns.is_whole else table
    if file.name.casefold().endswith(_LINES):
        return objects.read_lines(file)
    return _read_json(file)


def _read_json(file: SourceFile) -> Rows:
    try:
        document = parse(file.text)
    except ValueError as error:
        if _begins_with_object_of_its_own(file.text):
            return objects.read_lines(file)
        raise DataError(f"{file.name} is not JSON: {error}") from None
    entries, named = as_list(document), as_object(document)
    if entries is not None:
        is_export = debugger_export.is_export(entries)
        return debugger_export.read_export(file, entries) if is_export else objects.read_list(file, entries)
    if named is not None and clinc.is_clinc(named):
        return clinc.read_clinc(file, named)
    if named is not None and any(name in named for name in (*TEXT, *LABEL)):
        return objects.read_list(file, [document])
    raise UnknownFormatError(f"{file.name} is JSON, but in none of the known formats")


def _begins_with_object_of_its_own(text: str) -> bool:
    first, _, rest = text.strip().partition("\n")
    try:
        return bool(rest) and isinstance(parse(first), dict)
    except ValueError:
        return False


def _only_tests(rows: Rows, tests: Rows, source: Path) -> Rows:
    if any(row.part is Part.TESTING for row in rows.taken):
        raise DataError(f"{source} has rows for testing of its own: name no others")
    for_testing = [row for row in tests.taken if row.part is Part.TESTING]
    every = [replace(row, part=Part.TESTING) for row in tests.taken]
    return Rows(for_testing or every, tests.rejected, tests.unlabeled)


def _nothing(source: Path, data: Data) -> str:
    why = f"; the first reason: {data.rejected[0].place} {data.rejected[0].reason}" if data.rejected else ""
    return f"no row of {source} can be taken, and {len(data.rejected):,} are rejected{why}"
