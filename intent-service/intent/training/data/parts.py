"""The three parts of a data set, and what files, columns and keys call them."""

import re
from enum import StrEnum
from typing import Final


class Part(StrEnum):
    """What a row is for."""

    TRAINING = "training"
    VALIDATION = "validation"
    TESTING = "testing"


_WORDS: Final = {
    **dict.fromkeys(("train", "training", "trn"), Part.TRAINING),
    **dict.fromkeys(("val", "valid", "validation", "dev", "development"), Part.VALIDATION),
    **dict.fromkeys(("test", "testing", "tst"), Part.TESTING),
}
_IN_NAME: Final = re.compile(rf"(?<![a-z])({'|'.join(_WORDS)})(?:set|data)?(?![a-z])")
_INNER_CAPITAL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def part_of(word: str) -> Part | None:
    """Return the part that `word` alone means."""
    return _WORDS.get(word.strip().casefold())


def part_in(name: str) -> Part | None:
    """Return the part that a file's name speaks of: the last one, which is the file's and not its folder's."""
    found = _IN_NAME.findall(_words_apart(name))
    return _WORDS[found[-1]] if found else None


def without_part(name: str) -> str:
    """Return the name, in small letters, without the words that mean a part."""
    return _IN_NAME.sub("", _words_apart(name))


def _words_apart(name: str) -> str:
    return _INNER_CAPITAL.sub("_", name).casefold()
