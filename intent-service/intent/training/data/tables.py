"""A table of comma-, semicolon- or tab-separated values, whose first line names its columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from intent.training.data import roles
from intent.training.data.comma_separated import Record, records
from intent.training.data.examples import Place
from intent.training.data.parts import Part, part_of
from intent.training.data.refusals import RowError, UnknownFormatError
from intent.training.data.rows import Row, Rows
from intent.training.data.sources import SourceFile

DELIMITERS: Final = (",", ";", "\t")


@dataclass(frozen=True)
class Columns:
    """Where a table's columns are, counted from 0, and how many it has."""

    count: int
    id: int | None
    text: int | None
    label: int | None
    part: int | None

    @property
    def is_whole(self) -> bool:
        """Whether the table has all that training needs."""
        return self.text is not None and self.label is not None

    @property
    def is_half(self) -> bool:
        """Whether the table has texts or labels, and ids by which the others can be found."""
        return self.id is not None and (self.text is None) != (self.label is None)


@dataclass(frozen=True, slots=True)
class Line:
    """A table's row; a cell is None where the table has no such column."""

    place: Place
    id: str | None
    text: str | None
    label: str | None
    part: Part | None


@dataclass(frozen=True, eq=False)
class Table:
    """A file with a header that is understood."""

    file: SourceFile
    delimiter: str
    columns: Columns

    def lines(self, rows: Rows) -> Iterator[Line]:
        """Yield the rows, and note in `rows` those that cannot be taken."""
        found = records(self.file.text, self.delimiter)
        next(found)
        for record in found:
            place = Place(self.file.name, record.line)
            try:
                yield self._line(record, place)
            except RowError as error:
                rows.reject(place, str(error))

    def _line(self, record: Record, place: Place) -> Line:
        cells, columns = record.cells, self.columns
        if record.fault:
            raise RowError(record.fault)
        if len(cells) < columns.count or any(cell.strip() for cell in cells[columns.count :]):
            counts = f"the number of cells is {len(cells)}, and the header has {columns.count}"
            raise RowError(f"{counts}: a text that holds {self.separator} must be quoted")
        part = _cell(cells, columns.part)
        return Line(
            place, _cell(cells, columns.id), _cell(cells, columns.text), _cell(cells, columns.label), _part(part)
        )

    @property
    def separator(self) -> str:
        """What separates its cells, for people."""
        return "a tab" if self.delimiter == "\t" else f"'{self.delimiter}'"


def open_table(file: SourceFile) -> Table:
    """Understand the header; raises UnknownFormatError when it has not the columns that are needed."""
    for delimiter in DELIMITERS:
        header = next(records(file.text, delimiter), None)
        columns = _columns(header.cells) if header else None
        if columns and (columns.is_whole or columns.is_half):
            return Table(file, delimiter, columns)
    wanted = f"one of {', '.join(roles.TEXT)} and one of {', '.join(roles.LABEL)}"
    raise UnknownFormatError(f"{file.name} has no first line that names its columns: {wanted}, or `ID` and one of both")


def read_table(table: Table) -> Rows:
    """Read a table that has texts and labels."""
    rows = Rows()
    for line in table.lines(rows):
        part = line.part or table.file.part or Part.TRAINING
        rows.taken.append(Row(line.place, part, line.text, line.label, line.id, is_cell=True))
    return rows


def _columns(header: Sequence[str]) -> Columns:
    names = [roles.plain(cell) for cell in header]
    while names and not names[-1]:
        names.pop()
    places = (roles.find(names, role) for role in (roles.ID, roles.TEXT, roles.LABEL, roles.PART))
    return Columns(len(names), *places)


def _cell(cells: Sequence[str], column: int | None) -> str | None:
    return None if column is None else cells[column].strip()


def _part(word: str | None) -> Part | None:
    if not word:
        return None
    part = part_of(word)
    if part is None:
        raise RowError("its split is none of training, validation and testing")
    return part
