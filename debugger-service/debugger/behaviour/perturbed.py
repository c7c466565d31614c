"""A text changed in a way that should not change its class."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

Variant = tuple[str, str]
"""A text, and in words what changed."""


@dataclass(frozen=True, slots=True)
class Perturbed:
    """A changed text."""

    text: str
    name: str
    """Of the perturbation."""

    change: str
    """What changed, for people: `crad for card`."""


@dataclass(frozen=True, slots=True)
class Perturbation:
    """A way to change texts."""

    name: str
    """As in the API: `typos`."""

    title: str
    description: str
    """One sentence: what it changes, and what it leaves alone."""

    variants: Callable[[str, np.random.Generator], Iterable[Variant]]
    """Yield changed texts; may yield the text itself, or one twice."""

    is_english: bool = False
    """Whether it changes English texts alone."""

    def perturb(self, text: str, random: np.random.Generator) -> list[Perturbed]:
        """Return the texts that are made of `text`, each once and none of them `text`; none where nothing applies.

        The same text and state of `random` always give the same texts.
        """
        changed: dict[str, str] = {}
        for variant, change in self.variants(text, random):
            if variant != text:
                changed.setdefault(variant, change)
        return [Perturbed(variant, self.name, change) for variant, change in changed.items()]
