"""Pairs of tables, one with questions and one with their intentions, joined by ID."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Final

from intent.training.data.cleaning import clean_id
from intent.training.data.examples import Place
from intent.training.data.parts import Part, without_part
from intent.training.data.refusals import RowError
from intent.training.data.roles import LABEL, TEXT
from intent.training.data.rows import Row, Rows
from intent.training.data.tables import Line, Table

NO_PARTNER: Final = "there is no file with the {} for these IDs"

_ROLE: Final = re.compile(rf"(?<![a-z])({'|'.join((*TEXT, *LABEL))})(?:e?s)?(?![a-z])")
_Key = tuple[str, str]


def join(tables: Sequence[Table]) -> Rows:
    """Join what belongs together: two that are alone, or else by names that are alike, or the part that these mean."""
    rows = Rows()
    left = list(tables)
    if _is_pair(left):
        return _joined(left)
    for key in (_part_and_name, _part_only):
        for group in _groups(left, key):
            if _is_pair(group):
                rows.extend(_joined(group))
                left = [table for table in left if table not in group]
    for table in left:
        other = "questions" if table.columns.text is None else "intentions"
        rows.reject(Place(table.file.name, 1), NO_PARTNER.format(other))
    return rows


def _is_pair(tables: Sequence[Table]) -> bool:
    questions = sum(table.columns.text is not None for table in tables)
    return questions == 1 and len(tables) == 2


def _part_and_name(table: Table) -> _Key:
    name = _ROLE.sub("", without_part(table.file.name))
    return table.file.part or "", re.sub(r"[\W_]+", " ", name).strip()


def _part_only(table: Table) -> _Key:
    return table.file.part or "", ""


def _groups(tables: Sequence[Table], key: Callable[[Table], _Key]) -> Iterator[list[Table]]:
    for _, group in groupby(sorted(tables, key=key), key):
        yield list(group)


def _joined(pair: Sequence[Table]) -> Rows:
    rows = Rows()
    questions, intentions = sorted(pair, key=lambda table: table.columns.text is None)
    part = questions.file.part or intentions.file.part or Part.TRAINING
    asked, meant = _by_id(questions, rows), _by_id(intentions, rows)
    for id_, line in asked.items():
        found = meant.pop(id_, None)
        if found is None:
            rows.reject(line.place, f"{intentions.file.name} has no intention with this ID")
            continue
        which = line.part or found.part or part
        rows.taken.append(Row(line.place, which, line.text, found.label, id_, is_cell=True, label_place=found.place))
    for line in meant.values():
        rows.reject(line.place, f"{questions.file.name} has no question with this ID")
    return rows


def _by_id(table: Table, rows: Rows) -> dict[str, Line]:
    found: dict[str, Line] = {}
    for line in table.lines(rows):
        try:
            id_ = clean_id(line.id)
        except RowError as error:
            rows.reject(line.place, str(error))
            continue
        if id_ is None:
            rows.reject(line.place, "the ID is empty")
        elif id_ in found:
            rows.reject(line.place, _repeated(line, found[id_]))
        else:
            found[id_] = line
    return found


def _repeated(line: Line, first: Line) -> str:
    same = (line.text, line.label) == (first.text, first.label)
    return (
        f"repeats line {first.place.line}" if same else f"the ID stands in line {first.place.line} with another value"
    )
