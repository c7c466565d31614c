"""Slips of the fingers: a neighbouring key, a letter lost, doubled or out of turn."""

import re
from collections.abc import Mapping
from typing import Final

from intent.training.chatbot.chance import Chance

QWERTY: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
AZERTY: Final = ("azertyuiop", "qsdfghjklm", "wxcvbn")

_WORD: Final = re.compile(r"[^\W\d_]{4,}")
"""Words of fewer letters are left alone: there a slip soon makes another word."""


def neighbours(rows: tuple[str, ...]) -> dict[str, str]:
    """Return for each letter the keys beside it, above it and below it."""
    found: dict[str, str] = {}
    for number, row in enumerate(rows):
        for place, letter in enumerate(row):
            beside = row[max(0, place - 1) : place] + row[place + 1 : place + 2]
            others = rows[max(0, number - 1) : number] + rows[number + 1 : number + 2]
            found[letter] = beside + "".join(other[place : place + 1] for other in others)
    return found


def slip(text: str, keys: Mapping[str, str], chance: Chance) -> str:
    """Return `text` with one slip in one of its words of four letters or more; unchanged when there is none."""
    words = list(_WORD.finditer(text))
    if not words:
        return text
    word = chance.one(words)
    place = word.start() + 1 + chance.below(len(word[0]) - 1)
    return text[: place - 1] + _slipped(text[place - 1], text[place], keys, chance) + text[place + 1 :]


def _slipped(before: str, letter: str, keys: Mapping[str, str], chance: Chance) -> str:
    match chance.below(4):
        case 0 if letter in keys:
            return before + chance.one(keys[letter])
        case 1:
            return before + letter + letter
        case 2:
            return letter + before
        case _:
            return before
