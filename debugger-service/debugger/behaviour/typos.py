"""One slip of the fingers: a neighbouring key, two letters swapped, a letter lost."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np

from debugger.behaviour.perturbed import Perturbation, Variant

_ROWS: Final = (("qwertyuiop", 0.0), ("asdfghjkl", 0.25), ("zxcvbnm", 0.75))
"""The keys of each row, and by how much of a key it begins further right."""
_FINGER: Final = 1.3
"""How far apart, in keys, the middles of neighbours are at most."""
_WORD: Final = re.compile(r"(?<![\w@./])[^\W\d_]{4,}(?![\w@/]|\.\w)")
"""Shorter words are left alone, for a slip soon makes another word of them; so are addresses."""


def _neighbours() -> dict[str, str]:
    keys = {
        key: (start + place, row) for row, (letters, start) in enumerate(_ROWS) for place, key in enumerate(letters)
    }
    return {
        key: "".join(
            other for other, (u, v) in keys.items() if other != key and (x - u) ** 2 + (y - v) ** 2 <= _FINGER**2
        )
        for key, (x, y) in keys.items()
    }


NEIGHBOURS: Final = _neighbours()
"""Of each letter the keys around it."""


def _variants(text: str, random: np.random.Generator) -> Iterator[Variant]:
    found = list(_WORD.finditer(text))
    for slip, what in ((_neighbour, "a neighbouring key"), (_swapped, "two letters swapped"), (_lost, "a letter lost")):
        slips = [(word, places) for word in found if (places := slip(word[0]))]
        if slips:
            word, typed = slips[random.integers(len(slips))]
            wrong = typed[random.integers(len(typed))]
            yield text[: word.start()] + wrong + text[word.end() :], f"{wrong} for {word[0]}: {what}"


def _neighbour(word: str) -> list[str]:
    return [
        word[:place] + (key.upper() if letter.isupper() else key) + word[place + 1 :]
        for place, letter in enumerate(word)
        for key in NEIGHBOURS.get(letter.lower(), "")
    ]


def _swapped(word: str) -> list[str]:
    return [
        word[:place] + second + first + word[place + 2 :]
        for place, (first, second) in enumerate(pairwise(word))
        if place and first.lower() != second.lower()
    ]


def _lost(word: str) -> list[str]:
    return [word[:place] + word[place + 1 :] for place in range(1, len(word))]


TYPOS: Final = Perturbation(
    "typos", "Typos", "One slip in one word of four letters or more; numbers and addresses stay.", _variants
)
