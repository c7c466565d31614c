"""What a text, a label and an id must be, and how what is harmless is put right."""

import re
import unicodedata
from typing import Final

from intent.labels import Label
from intent.training.data.refusals import RowError

MAX_TEXT_CHARACTERS: Final = 10_000
MAX_NAME_CHARACTERS: Final = 255
"""Of a label or an id."""
MAX_INTEGER: Final = (1 << 53) - 1
"""Whole numbers up to here are the same in every reader of JSON."""

_BREAKS: Final = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
_FORBIDDEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_NUMERAL: Final = re.compile(r"0|-?[1-9][0-9]{0,15}")


def clean_text(value: object) -> str:
    """Return the text in Unicode's form NFC, with blanks for tabs and line ends and none around it; raises RowError."""
    if not isinstance(value, str):
        raise RowError(f"the text is {_kind(value)}, not a string")
    return _clean(value, "text", MAX_TEXT_CHARACTERS)


def clean_label(value: object) -> Label:
    """Return the label: a whole number as it is, a string cleaned as a text is; raises RowError."""
    return _name(value, "label")


def clean_id(value: object) -> str | None:
    """Return the id as a string, or None where there is none; raises RowError."""
    return None if value is None or value == "" else str(_name(value, "id"))


def as_number(label: str) -> int | None:
    """Return the whole number that `label` spells without leading zeros or a plus sign, or None."""
    if not _NUMERAL.fullmatch(label):
        return None
    number = int(label)
    return number if abs(number) <= MAX_INTEGER else None


def _name(value: object, what: str) -> Label:
    if isinstance(value, str):
        return _clean(value, what, MAX_NAME_CHARACTERS)
    if isinstance(value, bool) or not isinstance(value, int):
        raise RowError(f"the {what} is {_kind(value)}, not a string or a whole number")
    if abs(value) > MAX_INTEGER:
        raise RowError(f"the {what} is a number beyond {MAX_INTEGER:,}")
    return value


def _clean(value: str, what: str, limit: int) -> str:
    _check_length(value, what, limit)
    cleaned = unicodedata.normalize("NFC", _BREAKS.sub(" ", value))
    found = _FORBIDDEN.search(cleaned)
    if found:
        raise RowError(f"the {what} {_fault(found[0])}")
    cleaned = cleaned.strip()
    if not cleaned:
        raise RowError(f"the {what} is empty")
    _check_length(cleaned, what, limit)
    return cleaned


def _check_length(value: str, what: str, limit: int) -> None:
    if len(value) > limit:
        raise RowError(f"the {what} has {len(value):,} characters, more than {limit:,}")


def _fault(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        return "holds half of a surrogate pair, or bytes that are not UTF-8"
    return f"holds the control character U+{ord(character):04X}"


def _kind(value: object) -> str:
    if value is None:
        return "null"
    return _KINDS.get(type(value), "a value of another kind")


_KINDS: Final = {
    bool: "true or false",
    int: "a number",
    float: "a number with a decimal point",
    str: "a string",
    list: "a list",
    dict: "an object",
}
