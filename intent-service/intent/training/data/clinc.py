"""CLINC150's JSON: lists of texts with their intents, and of texts that are out of scope.

(S. Larson et al.: "An Evaluation Dataset for Intent Classification and Out-of-Scope Prediction", EMNLP-IJCNLP 2019.)
"""

from collections.abc import Mapping
from typing import Final

from intent.training.data.examples import Place
from intent.training.data.json_values import as_list
from intent.training.data.parts import Part
from intent.training.data.refusals import DataError
from intent.training.data.rows import Row, Rows
from intent.training.data.sources import SourceFile

_LISTS: Final = {
    "train": (Part.TRAINING, True),
    "val": (Part.VALIDATION, True),
    "test": (Part.TESTING, True),
    "oos_train": (Part.TRAINING, False),
    "oos_val": (Part.VALIDATION, False),
    "oos_test": (Part.TESTING, False),
}


def is_clinc(document: Mapping[str, object]) -> bool:
    """Tell whether the document has one of the lists."""
    return any(as_list(document.get(name)) is not None for name in _LISTS)


def read_clinc(file: SourceFile, document: Mapping[str, object]) -> Rows:
    """Read all lists; raises DataError where one is something else."""
    rows = Rows()
    if document.keys() - _LISTS.keys():
        rows.reject(Place(file.name, 1), f"what is none of {', '.join(_LISTS)} is passed over")
    for name, (part, in_scope) in _LISTS.items():
        entries = as_list(document.get(name, []))
        if entries is None:
            raise DataError(f"{file.name}: {name} is not a list of pairs of a text and an intent")
        for number, pair in enumerate(entries, 1):
            _add(rows, Place(f"{file.name}, {name}", number), pair, part, in_scope=in_scope)
    return rows


def _add(rows: Rows, place: Place, pair: object, part: Part, *, in_scope: bool) -> None:
    both = as_list(pair)
    if both is None or len(both) != 2:
        rows.reject(place, "is not a pair of a text and an intent")
        return
    text, label = both
    rows.taken.append(Row(place, part, text, label, in_scope=in_scope))
