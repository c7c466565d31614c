"""Rows become examples, or are rejected with the reason."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from intent.labels import Label
from intent.training.data.cleaning import as_number, clean_id, clean_label, clean_text
from intent.training.data.examples import Data, Example, Rejected
from intent.training.data.parts import Part
from intent.training.data.refusals import RowError
from intent.training.data.rows import Row, Rows

MAX_LABELS: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Clean:
    row: Row
    text: str
    label: Label | None
    id: str | None


def check(rows: Rows, sha256: str) -> Data:
    """Clean texts, labels and ids; labels of tables become numbers where all of them are."""
    rejected = list(rows.rejected)
    cleaned = list(_cleaned(rows.taken, rejected))
    numbers = _numbers(each.label for each in cleaned if each.row.is_cell)
    parts: dict[Part, list[Example]] = defaultdict(list)
    labels = set[Label]()
    for each in cleaned:
        label = numbers.get(each.label, each.label) if each.row.is_cell else each.label
        if label is not None and label not in labels and len(labels) == MAX_LABELS:
            rejected.append(Rejected(each.row.place, f"the label is beyond the first {MAX_LABELS:,}"))
            continue
        if label is not None:
            labels.add(label)
        parts[each.row.part].append(Example(each.text, label, each.row.place, each.id))
    return Data(
        training=parts[Part.TRAINING],
        validation=parts[Part.VALIDATION],
        testing=parts[Part.TESTING],
        unlabeled=rows.unlabeled,
        rejected=sorted(rejected, key=lambda each: (each.place.file, each.place.line)),
        sha256=sha256,
    )


def _cleaned(rows: Sequence[Row], rejected: list[Rejected]) -> Iterator[_Clean]:
    for row in rows:
        place = row.place
        try:
            text, id_ = clean_text(row.text), clean_id(row.id)
            place = row.label_place or row.place
            yield _Clean(row, text, clean_label(row.label) if row.in_scope else None, id_)
        except RowError as error:
            rejected.append(Rejected(place, str(error)))


def _numbers(labels: Iterable[Label | None]) -> Mapping[Label | None, int]:
    """Return what the labels are as numbers; nothing, if one of them is none."""
    found = {label: as_number(label) for label in labels if isinstance(label, str)}
    return (
        {label: number for label, number in found.items() if number is not None} if None not in found.values() else {}
    )
