"""What of a text counts when texts are compared: its words, not case, punctuation and blanks."""

import unicodedata
from typing import Final

_APOSTROPHES: Final = "'\u2019\u02bc"


class _Folding(dict[int, str]):
    """Learns for each character that it meets whether it is dropped, a blank, or kept."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        folded = character
        if character in _APOSTROPHES or category == "Cf":
            folded = ""
        elif category[0] in "PZC":
            folded = " "
        self[code] = folded
        return folded


_FOLDING: Final = _Folding()


def fold(text: str) -> str:
    """Return the text in small letters with one blank between words; one of punctuation alone stays as it is."""
    small = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(small.translate(_FOLDING).split()) or small.strip()


def words(folded: str) -> frozenset[str]:
    """Return the set of words of a folded text."""
    return frozenset(folded.split())
