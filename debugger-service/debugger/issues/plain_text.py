"""A text without what people hardly hear: case, punctuation, spaces, and how its characters are encoded."""

from collections.abc import Sequence
from typing import Final
from unicodedata import category, normalize

import numpy as np
from numpy.typing import NDArray

_APOSTROPHES: Final = frozenset(
    "'`\N{ACUTE ACCENT}\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}"
)
_SPACES: Final = ("P", "Z", "C")
"""Punctuation, separators and controls; symbols stay, since C++ is not C, and $5 not €5."""


class _Plainly(dict[int, str]):
    """What becomes of a character, by its code point, found when it is first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        silent = character in _APOSTROPHES
        self[code] = "" if silent else " " if category(character).startswith(_SPACES) else character
        return self[code]


def plain(texts: Sequence[str]) -> list[str]:
    """Return each text in small letters, words parted by one space; one of punctuation alone stays as it is."""
    table = _Plainly()
    return [_plain(text, table) for text in texts]


def groups_of(texts: Sequence[str]) -> NDArray[np.int64]:
    """Return (n,) for each text the position of the first one that is equal to it."""
    first: dict[str, int] = {}
    return np.fromiter((first.setdefault(text, at) for at, text in enumerate(texts)), np.int64, len(texts))


def _plain(text: str, table: _Plainly) -> str:
    folded = text.casefold() if text.isascii() else normalize("NFKC", normalize("NFKC", text).casefold())
    return " ".join(folded.translate(table).split()) or " ".join(folded.split())
