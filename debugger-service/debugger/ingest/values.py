"""What a row's values have to be, whatever format they come in; each of these raises RowError."""

from collections.abc import Mapping
from math import isfinite
from types import MappingProxyType
from typing import Final

from debugger.ingest.record import MAX_ID_LENGTH, MAX_LABEL_LENGTH, MAX_TEXT_LENGTH, Split
from debugger.ingest.refusals import RowError

MAX_SCORE: Final = 1e30
"""The score's size, so that it fits into four bytes too."""

SPLIT_WORDS: Final[Mapping[str, Split]] = MappingProxyType(
    {
        **dict.fromkeys(("train", "training"), "training"),
        **dict.fromkeys(("val", "valid", "validation", "dev"), "validation"),
        **dict.fromkeys(("test", "testing"), "testing"),
    }
)
"""What splits are called, in small letters."""


def text_of(value: object) -> str:
    """Return the text as it is."""
    if value is None:
        raise RowError("it has no text")
    if not isinstance(value, str):
        raise RowError("its text is no string")
    if not value.strip():
        raise RowError("its text is empty")
    return _short_enough(value, "text", MAX_TEXT_LENGTH)


def label_of(value: object) -> str | None:
    """Return the label without spaces around it, None for an empty one; a whole number may be one."""
    return _name(value, "label", MAX_LABEL_LENGTH)


def id_of(value: object) -> str | None:
    """Return the id without spaces around it, None for an empty one."""
    return _name(value, "id", MAX_ID_LENGTH)


def split_of(value: object) -> Split | None:
    """Return the split that a word means, None for an empty one."""
    if value is None:
        return None
    word = value.strip().casefold() if isinstance(value, str) else repr(value)
    if word and word not in SPLIT_WORDS:
        raise RowError("its split is none of training, validation and testing")
    return SPLIT_WORDS.get(word)


def score_of(value: object) -> float | None:
    """Return a finite number."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RowError("its score is no number")
    if not isfinite(value) or abs(value) > MAX_SCORE:
        raise RowError(f"its score is not between -{MAX_SCORE:g} and {MAX_SCORE:g}")
    return float(value)


def is_true(value: object, name: str, *, default: bool = False) -> bool:
    """Return whether the value is true, `default` where there is none."""
    if value is None:
        return default
    if not isinstance(value, bool):
        raise RowError(f"its `{name}` is neither true nor false")
    return value


def _name(value: object, what: str, limit: int) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise RowError(f"its {what} is neither a string nor a whole number of at most 64 bits")
    return _short_enough(str(value).strip(), what, limit) or None


def _short_enough(value: str, what: str, limit: int) -> str:
    if len(value) > limit:
        raise RowError(f"its {what} has {len(value):,} characters, and at most {limit:,} are taken")
    return value
