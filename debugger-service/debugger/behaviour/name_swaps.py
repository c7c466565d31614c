"""Another person, another city, another country."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from debugger.behaviour.name_table import NAMES
from debugger.behaviour.perturbed import Perturbation, Variant
from debugger.behaviour.words import any_of, like

VARIANTS: Final = 2
_GROUPS: Final = {name: group for groups in NAMES.values() for group in groups for name in group}
_NAME: Final = any_of(_GROUPS)


def _variants(text: str, random: np.random.Generator) -> Iterator[Variant]:
    there = list(dict.fromkeys(found[0].lower() for found in _NAME.finditer(text)))
    for _ in range(VARIANTS if there else 0):
        swaps: dict[str, str] = {}
        for name in there:
            free = [other for other in _GROUPS[name] if other not in there and other not in swaps.values()]
            swaps[name] = free[random.integers(len(free))] if free else name
        changed = _NAME.sub(lambda found, swaps=swaps: _like_name(found[0], swaps[found[0].lower()]), text)  # type: ignore[misc]
        yield changed, ", ".join(f"{new.title()} for {old.title()}" for old, new in swaps.items() if new != old)


def _like_name(written: str, name: str) -> str:
    """Return `name` in small letters or in capitals where the other is `written` so, else each word with a capital."""
    return name if written.islower() else like(written, name.title())


NAME_SWAPS: Final = Perturbation(
    "name_swaps",
    "Name swaps",
    "Other first names, cities and countries, the same one for the same one.",
    _variants,
    is_english=True,
)
