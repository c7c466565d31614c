"""Texts as they may be sent: what is harmless is put right, and what cannot be a sentence is refused."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

MAX_CHARACTERS: Final = 10_000
MAX_TEXTS: Final = 1_000

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_VISIBLE: Final = r"[^\s\u0000-\u001f\u007f-\u009f]"


def _cleaned(text: str) -> str:
    """Return `text` with a blank for control characters and lone surrogates, and none around it."""
    cleaned = _CONTROL.sub(" ", text).strip()
    if not cleaned:
        raise PydanticCustomError("blank", "The text is empty or blank")
    if len(cleaned) > MAX_CHARACTERS:
        problem = "The text has {count} characters; at most 10,000 are read"
        raise PydanticCustomError("too_long", problem, {"count": f"{len(cleaned):,}"})
    return cleaned


Text = Annotated[
    str,
    Field(
        strict=True,
        description="A sentence; control characters count as blanks.",
        json_schema_extra={"minLength": 1, "maxLength": MAX_CHARACTERS, "pattern": _VISIBLE},
    ),
    AfterValidator(_cleaned),
]
