"""The same letters, large or small."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from debugger.behaviour.perturbed import Perturbation, Variant
from debugger.behaviour.words import words


def _variants(text: str, _: np.random.Generator) -> Iterator[Variant]:
    yield text.lower(), "all small letters"
    yield text.upper(), "all capitals"
    yield _with_capitals(text, every=True), "every word with a capital"
    yield _with_capitals(text, every=False), "a capital at the beginning"


def _with_capitals(text: str, *, every: bool) -> str:
    pieces, last = [], 0
    for span in words(text)[: None if every else 1]:
        pieces += [text[last : span.start], text[span.start].upper(), text[span.start + 1 : span.end]]
        last = span.end
    return "".join([*pieces, text[last:]])


CASING: Final = Perturbation("casing", "Casing", "Capitals instead of small letters and the reverse.", _variants)
