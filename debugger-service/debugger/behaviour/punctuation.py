"""Marks left out, added, repeated and written in another way."""

import re
from collections.abc import Iterator
from typing import Final

import numpy as np

from debugger.behaviour.perturbed import Perturbation, Variant

_MARKS: Final = re.compile(r"[¿¡]|\s*[,.;:!?…]+(?=\s|$)")
"""Marks within a word, such as those of a number or an address, say something."""
_END: Final = re.compile(r"\s*[.!?…]+\s*$")
_APOSTROPHE: Final = re.compile(r"(?<=[^\W\d_])['\u2019](?=[^\W\d_])")
_ASKS: Final = re.compile(
    r"\s*(?:what|who|whom|whose|which|where|when|why|how|is|are|am|was|were|do|does|did|can|could|will|would|should"
    r"|may|have|has)\b",
    re.IGNORECASE,
)


def _variants(text: str, random: np.random.Generator) -> Iterator[Variant]:
    if not text.strip():
        return
    yield _MARKS.sub("", text).strip() or text, "no marks"
    end = _END.search(text)
    body = text[: end.start()] if end else text.rstrip()
    if end and body:
        yield body, "no mark at the end"
    if not end:
        mark = "?" if _ASKS.match(text) else "."
        yield body + mark, f"a {mark} at the end"
    last = end[0].strip()[-1] if end else "!"
    yield body + last * int(random.integers(2, 4)), "a repeated mark at the end"
    yield _APOSTROPHE.sub("", text), "no apostrophes"
    yield _APOSTROPHE.sub(lambda mark: "'" if mark[0] == "\u2019" else "\u2019", text), "other apostrophes"


PUNCTUATION: Final = Perturbation(
    "punctuation", "Punctuation", "Marks left out, added or repeated; those within numbers and words stay.", _variants
)
