"""Objects with a text and a label, which is null for one that is out of scope: one a line, or in a list."""

from collections.abc import Iterable, Mapping, Sequence

from intent.training.data import roles
from intent.training.data.comma_separated import MAX_RECORDS
from intent.training.data.examples import Place
from intent.training.data.json_values import as_object, parse
from intent.training.data.parts import Part, part_of
from intent.training.data.refusals import RowError
from intent.training.data.rows import Row, Rows
from intent.training.data.sources import SourceFile


def read_lines(file: SourceFile) -> Rows:
    """Read a file with an object on each line; blank lines are none."""
    rows = Rows()
    for number, line in enumerate(file.text.split("\n"), 1):
        if not line.strip():
            continue
        place = Place(file.name, number)
        if number > MAX_RECORDS:
            rows.reject(place, f"is beyond the {MAX_RECORDS:,} lines that are read of a file")
            break
        try:
            _add(rows, place, parse(line), file.part)
        except ValueError as error:
            rows.reject(place, f"is not JSON: {error}")
    return rows


def read_list(file: SourceFile, values: Iterable[object]) -> Rows:
    """Read a list of objects."""
    rows = Rows()
    for number, value in enumerate(values, 1):
        _add(rows, entry(file, number), value, file.part)
    return rows


def entry(file: SourceFile, number: int) -> Place:
    """Return the place of a list's entry."""
    return Place(f"{file.name}, entry", number)


def part(value: object, default: Part | None) -> Part:
    """Return what a split or usage means, without one the default, else training; raises RowError."""
    if value is None or value == "":
        return default or Part.TRAINING
    found = part_of(value) if isinstance(value, str) else None
    if found is None:
        raise RowError("its split is none of training, validation and testing")
    return found


def _add(rows: Rows, place: Place, value: object, default: Part | None) -> None:
    try:
        rows.taken.append(_row(place, value, default))
    except RowError as error:
        rows.reject(place, str(error))


def _row(place: Place, value: object, default: Part | None) -> Row:
    named = as_object(value)
    if named is None:
        raise RowError("is not an object with a text and a label")
    text, label = _required(named, roles.TEXT), _required(named, roles.LABEL)
    return Row(
        place,
        part(_first(named, roles.PART), default),
        text,
        label,
        _first(named, roles.ID),
        in_scope=label is not None,
    )


def _required(named: Mapping[str, object], role: Sequence[str]) -> object:
    if not any(name in named for name in role):
        raise RowError(f"has none of the keys {', '.join(role)}")
    return _first(named, role)


def _first(named: Mapping[str, object], role: Sequence[str]) -> object:
    return next((named[name] for name in role if name in named), None)
