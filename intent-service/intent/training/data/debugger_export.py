"""The debugger's export: entries with a usage, whose text and intent are JSON in a string."""

from collections.abc import Mapping, Sequence

from intent.training.data.examples import Place
from intent.training.data.json_values import as_object, parse
from intent.training.data.objects import entry, part
from intent.training.data.refusals import RowError
from intent.training.data.rows import Row, Rows
from intent.training.data.sources import SourceFile


def is_export(entries: Sequence[object]) -> bool:
    """Tell whether the list has entries with `data`."""
    return any(isinstance(each, dict) and "data" in each for each in entries)


def read_export(file: SourceFile, entries: Sequence[object]) -> Rows:
    """Read the entries: what has no usage is for training, and what has no intent is counted."""
    rows = Rows()
    for number, value in enumerate(entries, 1):
        place = entry(file, number)
        try:
            _add(rows, place, value)
        except RowError as error:
            rows.reject(place, str(error))
    return rows


def _add(rows: Rows, place: Place, value: object) -> None:
    exported = as_object(value)
    if exported is None:
        raise RowError("is not an object with `data`")
    data = _data(exported)
    if data.get("intent") in (None, ""):
        rows.unlabeled += 1
        return
    usage = part(exported.get("usage"), None)
    rows.taken.append(Row(place, usage, data.get("text"), data["intent"], exported.get("id")))


def _data(exported: Mapping[str, object]) -> Mapping[str, object]:
    text = exported.get("data")
    if not isinstance(text, str):
        raise RowError("its `data` is not a string of JSON")
    try:
        data = as_object(parse(text))
    except ValueError as error:
        raise RowError(f"its `data` is not JSON: {error}") from None
    if data is None:
        raise RowError("its `data` is not an object with `text` and `intent`")
    return data
