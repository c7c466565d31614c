"""How a correct sentence comes out of a hurried customer's keyboard."""

import re
from collections.abc import Mapping
from typing import Final

from intent.training.chatbot.chance import Chance
from intent.training.chatbot.keyboards import slip
from intent.training.chatbot.languages import Language

ABBREVIATING: Final = 0.12
ACCENTLESS: Final = 0.22
APOSTROPHES_CURLED: Final = 0.08
APOSTROPHES_LOST: Final = 0.12
SLIPS: Final = (58, 27, 11, 4)
"""Of a hundred messages, how many have none, one, two and three."""
CASES: Final = (50, 38, 10, 2)
"""Of a hundred messages, how many begin sentences with a capital, are in lower case, as they came, in capitals."""
ENDS: Final = (57, 35, 8)
"""Of a hundred messages, how many keep the mark at their end, lose it, and repeat it."""
UNPUNCTUATED: Final = 0.12
SPACELESS: Final = 0.45
"""How often French does without the space before a question mark."""

_UNACCENTED: Final = str.maketrans("àâäéèêëîïôöùûüçÀÂÉÈÊÎÔÇ", "aaaeeeeiioouuucAAEEEIOC") | {ord("œ"): "oe"}
_WORDS: Final = re.compile(r"[\w']+")
_MARKS: Final = re.compile(r"\s*[,.?!:]+(?=\s|$)")
_SPACED_MARKS: Final = re.compile(r" (?=[?!:])")
_BEGINNINGS: Final = re.compile(r"(?:^|[.?!]\s+)[^\W\d_]")


def typed(text: str, language: Language, chance: Chance) -> str:
    """Return `text` as somebody may type it: never empty where it holds a letter or a digit."""
    if chance.happens(ABBREVIATING):
        text = abbreviated(text, language.shorthand)
    for _ in range(chance.weighted(SLIPS)):
        text = slip(text, language.keys, chance)
    if chance.happens(ACCENTLESS):
        text = unaccented(text)
    if chance.happens(SPACELESS):
        text = _SPACED_MARKS.sub("", text)
    return _cased(_punctuated(_with_apostrophes(text, chance), chance), chance)


def abbreviated(text: str, shorthand: Mapping[str, str]) -> str:
    """Return `text` with the short form of every word that has one."""
    return _WORDS.sub(lambda word: shorthand.get(word[0], word[0]), text)


def unaccented(text: str) -> str:
    """Return `text` without the accents of French."""
    return text.translate(_UNACCENTED)


def _with_apostrophes(text: str, chance: Chance) -> str:
    drawn = chance.below(100)
    if drawn < 100 * APOSTROPHES_LOST:
        return text.replace("'", "")
    return text.replace("'", "\u2019") if drawn < 100 * (APOSTROPHES_LOST + APOSTROPHES_CURLED) else text


def _punctuated(text: str, chance: Chance) -> str:
    if chance.happens(UNPUNCTUATED):
        return _MARKS.sub("", text)
    end = chance.weighted(ENDS)
    if end == 1:
        return text.rstrip(" .?!")
    return text + text[-1] * (1 + chance.below(3)) if end and text.endswith((".", "?", "!")) else text


def _cased(text: str, chance: Chance) -> str:
    match chance.weighted(CASES):
        case 0:
            return _BEGINNINGS.sub(lambda beginning: beginning[0].upper(), text)
        case 1:
            return text.lower()
        case 2:
            return text
        case _:
            return text.upper()
