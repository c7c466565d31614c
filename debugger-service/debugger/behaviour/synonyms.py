"""The same said in other words, by a table of everyday English."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from debugger.behaviour.perturbed import Perturbation, Variant
from debugger.behaviour.thesaurus import ALIKE, INSTEAD
from debugger.behaviour.words import any_of, like

VARIANTS: Final = 3


def _others() -> dict[str, tuple[str, ...]]:
    others = dict(INSTEAD)
    for group in ALIKE:
        others |= {phrase: tuple(other for other in group if other != phrase) for phrase in group}
    return others


OTHERS: Final = _others()
"""Of each phrase in small letters those that may take its place."""
_PHRASE: Final = any_of(OTHERS)


def _variants(text: str, random: np.random.Generator) -> Iterator[Variant]:
    found = list(_PHRASE.finditer(text))
    for place in sorted(random.permutation(len(found))[:VARIANTS].tolist()):
        phrase = found[place]
        others = OTHERS[phrase[0].lower()]
        other = like(phrase[0], others[random.integers(len(others))])
        before = _with_article(text[: phrase.start()], phrase[0], other)
        yield before + other + text[phrase.end() :], f"{other} for {phrase[0]}"


def _with_article(before: str, old: str, new: str) -> str:
    """Return what stands before with the article that the new word takes, where the old one had its own."""
    had, needs = (word[0].lower() in "aeiou" for word in (old, new))
    article, other = ("an ", "a ") if had else ("a ", "an ")
    if had == needs or not f" {before.lower()}".endswith(f" {article}"):
        return before
    return before[: len(before) - len(article)] + like(before[len(before) - len(article)], other)


SYNONYM_SWAPS: Final = Perturbation(
    "synonyms",
    "Synonyms",
    "One everyday English word or phrase for another of the same sense.",
    _variants,
    is_english=True,
)
