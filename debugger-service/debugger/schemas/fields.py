"""Values that several bodies have."""

from typing import Annotated, Final

from pydantic import Field, StringConstraints

from debugger.ingest.record import MAX_LABEL_LENGTH
from shared.names import Name
from shared.pagination import MAX_INTEGER

MAX_COMMENT_LENGTH: Final = 2000


_STORABLE: Final = r"^[^\x00]*$"
"""PostgreSQL's texts lack one character."""

Author = Name
Label = Annotated[
    str, StringConstraints(min_length=1, max_length=MAX_LABEL_LENGTH, strip_whitespace=True, pattern=_STORABLE)
]
CommentText = Annotated[str, StringConstraints(min_length=1, max_length=MAX_COMMENT_LENGTH, pattern=_STORABLE)]
Number = Annotated[int, Field(ge=1, le=MAX_INTEGER)]
"""Of a row or version."""
