"""CLINC150's JSON: lists of texts with their intents, and of texts that are out of scope, each list a split.

(S. Larson et al.: "An Evaluation Dataset for Intent Classification and Out-of-Scope Prediction", EMNLP-IJCNLP 2019.)

To the original's lists this adds `unsplit` and `oos_unsplit`, for rows in no split, and null as the intent of a row
that has none yet.
"""

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from debugger.ingest.json_text import JsonText
from debugger.ingest.json_values import parse
from debugger.ingest.pieces import Piece, records
from debugger.ingest.record import BrokenRecord, Record, Split
from debugger.ingest.refusals import BrokenFileError, RowError
from debugger.ingest.values import SPLIT_WORDS, label_of, text_of

OUT_OF_SCOPE: Final = "oos"
"""The intent of rows out of scope, and how the names of their lists begin."""

UNSPLIT: Final = "unsplit"

_SPLITS: Final[Mapping[str, Split | None]] = {**SPLIT_WORDS, UNSPLIT: None}
LISTS: Final[Mapping[str, tuple[Split | None, bool]]] = MappingProxyType(
    {word: (split, False) for word, split in _SPLITS.items()}
    | {f"{OUT_OF_SCOPE}_{word}": (split, True) for word, split in _SPLITS.items()}
)
"""Of the lists by their names, in small letters: the split, and whether they are of rows out of scope."""


def read(text: Iterator[str]) -> Iterator[Record | BrokenRecord]:
    """Yield what each row says; raises BrokenFileError where the document is broken or has something else."""
    document = JsonText(text)
    for name in document.members():
        split, out_of_scope = _list(name)
        if not document.begins_list():
            raise BrokenFileError(f"`{name.subject}` is not a list of pairs of a text and an intent.")
        for record in records(document.elements(), _pair):
            yield record if isinstance(record, BrokenRecord) else _placed(record, split, out_of_scope=out_of_scope)
    document.end()


def _list(name: Piece) -> tuple[Split | None, bool]:
    try:
        found: Any = parse(name.text)
    except RowError as error:
        raise BrokenFileError(f"The name of a list cannot be read: {error}.") from error
    if not isinstance(found, str) or found.casefold() not in LISTS:
        known = "train, val, test, oos_train, oos_val, oos_test"
        raise BrokenFileError(f"{json.dumps(name.subject)} is none of the lists {known}: take it out, or rename it.")
    return LISTS[found.casefold()]


def _pair(pair: str) -> Record:
    value = parse(pair)
    if not isinstance(value, list) or len(value) != 2:
        raise RowError("it is not a pair of a text and an intent")
    return Record(text_of(value[0]), label_of(value[1]))


def _placed(record: Record, split: Split | None, *, out_of_scope: bool) -> Record:
    return Record(record.text, None if out_of_scope else record.label, split, out_of_scope=out_of_scope)
