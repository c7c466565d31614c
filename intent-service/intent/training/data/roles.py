"""What a column or a key is for, by its name."""

from collections.abc import Sequence
from typing import Final

ID: Final = ("id",)
TEXT: Final = ("text", "question", "utterance", "query", "sentence")
LABEL: Final = ("label", "intent", "intention", "category", "class")
PART: Final = ("split", "usage")


def plain(name: str) -> str:
    """Return the name without regard to case, blanks around it and a byte order mark."""
    return name.strip("\ufeff \t\r\n").casefold()


def find(names: Sequence[str], role: Sequence[str]) -> int | None:
    """Return where among plain `names` the first of the role's stands."""
    return next((names.index(name) for name in role if name in names), None)
