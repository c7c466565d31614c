"""How reasons are worded: counts, parts of a hundred, and texts that are quoted."""

from textwrap import shorten
from typing import Final

QUOTED: Final = 60
"""Characters of a text in a reason."""


def many(count: int, noun: str) -> str:
    """Return "1 row", "2 rows", "10,000 rows"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}{'es' if noun.endswith('s') else 's'}"


def percent(part: float) -> str:
    """Return "42 %"."""
    return f"{100 * part:.0f} %"


def quote(text: str) -> str:
    """Return the beginning of `text` in quotation marks."""
    beginning = text if len(text) <= QUOTED else shorten(text, QUOTED, placeholder="…")
    return f"“{text[: QUOTED - 1] + '…' if beginning == '…' else beginning}”"
