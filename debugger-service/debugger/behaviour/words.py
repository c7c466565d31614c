"""Where the words of a text are, in any script, and how they are written."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from unicodedata import category

_APOSTROPHES: Final = "'\u2019"
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Scripts without spaces between words: Thai, Lao, Burmese, Khmer, kana, Chinese characters."""


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` up to `end` of a text."""

    start: int
    end: int


def words(text: str) -> list[Span]:
    """Return where words are: runs of letters, marks and digits, with single apostrophes in between.

    In a script without spaces between words every character with its marks counts as one.
    """
    spans: list[Span] = []
    start: int | None = None
    for place, character in enumerate(text):
        belongs = _belongs(text, place)
        if start is not None and (not belongs or _UNSPACED.match(character) or _UNSPACED.match(text[start])):
            if belongs and category(character).startswith("M"):
                continue
            spans.append(Span(start, place))
            start = None
        if belongs and start is None:
            start = place
    return [*spans, Span(start, len(text))] if start is not None else spans


def like(written: str, word: str) -> str:
    """Return `word` in the case of what is `written`: all capitals, a capital first, or as it is."""
    letters = [character for character in written if character.isalpha()]
    if len(letters) > 1 and all(character.isupper() for character in letters):
        return word.upper()
    return word[:1].upper() + word[1:] if letters and letters[0].isupper() else word


def any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return what finds whole `phrases`, the longest first, in any case."""
    ordered = sorted(phrases, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered))})(?!\w)", re.IGNORECASE)


def _belongs(text: str, place: int) -> bool:
    if text[place] in _APOSTROPHES:
        return 0 < place < len(text) - 1 and text[place - 1].isalnum() and text[place + 1].isalnum()
    return category(text[place])[0] in "LMN"
