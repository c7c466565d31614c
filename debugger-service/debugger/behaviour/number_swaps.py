"""Another number of the same kind."""

import re
from collections.abc import Iterator
from typing import Final

import numpy as np

from debugger.behaviour.perturbed import Perturbation, Variant
from debugger.behaviour.words import like

VARIANTS: Final = 2
_WORDS: Final = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
"""Not "one", which mostly stands for something else."""
_NUMBER: Final = re.compile(
    r"(?<![\w/])(?P<name>24/7|50/50|9/11|911|999|112|101)(?![\w/])"
    r"|(?<![\w#])(?<![^\W\d_]-)(?P<digits>\d+)(?P<ordinal>st|nd|rd|th)?(?=[ap]\.?m\b|\W|$)"
    rf"|\b(?P<word>{'|'.join(_WORDS)})\b",
    re.IGNORECASE | re.ASCII,
)
"""Some numbers stand for something, and digits joined to letters are part of a name."""
_RANGES: Final = ((2, 12), (13, 23), (24, 31), (1900, 2099))
"""A month stays one, an hour, a day, a year."""
_MINUTES: Final = 60
_TRIES: Final = 10
"""Numbers drawn until one is no other's."""
_ENDINGS: Final = {1: "st", 2: "nd", 3: "rd"}


def _variants(text: str, random: np.random.Generator) -> Iterator[Variant]:
    for _ in range(VARIANTS):
        swaps: dict[str, str] = {}
        for found in _NUMBER.finditer(text):
            if found[0] not in swaps:
                drawn = (_other(found, random) for _ in range(_TRIES))
                swaps[found[0]] = next((new for new in drawn if new not in swaps.values()), found[0])
        changed = ", ".join(f"{new} for {old}" for old, new in swaps.items() if new != old)
        yield _NUMBER.sub(lambda found, swaps=swaps: swaps[found[0]], text), changed  # type: ignore[misc]


def _other(found: re.Match[str], random: np.random.Generator) -> str:
    if found["name"]:
        return found[0]
    if found["word"]:
        others = [word for word in _WORDS if word != found["word"].lower()]
        return like(found["word"], others[random.integers(len(others))])
    number = _other_digits(found["digits"], found.string[: found.start()].endswith(":"), random)
    return number + (like(found["ordinal"], _ordinal_ending(int(number))) if found["ordinal"] else "")


def _other_digits(digits: str, after_colon: bool, random: np.random.Generator) -> str:
    """Return other digits with the zeros around them as they are, or another number of the same range; 0 stays."""
    if after_colon and len(digits) == 2 and int(digits) < _MINUTES:
        return f"{_drawn(0, _MINUTES - 1, int(digits), random):02}"
    for low, high in _RANGES:
        if len(digits) <= 4 and low <= int(digits) <= high:
            return str(_drawn(low, high, int(digits), random)).zfill(len(digits) if digits[0] == "0" else 0)
    significant = digits.strip("0")
    if not significant:
        return digits
    first = _drawn(1, 9, int(significant[0]), random)
    rest = "".join(str(random.integers(10)) for _ in significant[1:-1])
    last = str(_drawn(1, 9, int(significant[-1]), random)) if len(significant) > 1 else ""
    return digits.replace(significant, f"{first}{rest}{last}", 1)


def _drawn(low: int, high: int, other_than: int, random: np.random.Generator) -> int:
    """Return a number from `low` to `high`, both included, but not `other_than`, which is one of them."""
    number = int(random.integers(low, high))
    return number + (number >= other_than)


def _ordinal_ending(number: int) -> str:
    return "th" if 11 <= number % 100 <= 13 else _ENDINGS.get(number % 10, "th")


NUMBER_SWAPS: Final = Perturbation(
    "number_swaps",
    "Number swaps",
    "Other numbers of the same kind; months, hours, days and years stay such.",
    _variants,
)
