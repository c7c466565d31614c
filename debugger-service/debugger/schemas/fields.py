"""Values that several bodies have."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

from debugger.ingest.record import MAX_LABEL_LENGTH
from shared.names import Name
from shared.pagination import MAX_INTEGER

MAX_COMMENT_LENGTH: Final = 2000


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("no text has the character U+0000")
    return text


Author = Name
Label = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_LABEL_LENGTH, strip_whitespace=True),
    AfterValidator(_storable),
]
CommentText = Annotated[str, StringConstraints(min_length=1, max_length=MAX_COMMENT_LENGTH), AfterValidator(_storable)]
Number = Annotated[int, Field(ge=1, le=MAX_INTEGER)]
"""Of a row or version."""
