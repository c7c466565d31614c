"""What URLs, media types and texts look like, in requests and in imported rows."""

import re
from datetime import datetime
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    StringConstraints,
    WithJsonSchema,
)

MAX_URL_LENGTH: Final = 2048
MAX_TEXT_LENGTH: Final = 2000
MEDIA_TYPE: Final = r"^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$"

_CHARACTERS: Final = r"\u00a1-\ud7ff\uf900-\uffef"
"""Beyond ASCII, as people write them; the fetcher has an opinion of its own of what it connects to."""

URL: Final = (
    rf"^https?://([A-Za-z0-9._~{_CHARACTERS}-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{{1,5}})?([/?#][!-~{_CHARACTERS}]*)?$"
)
_URL: Final = re.compile(URL)


def _http(text: str) -> str:
    if not _URL.fullmatch(text):
        raise ValueError(
            "a URL begins with http:// or https:// and a host, and has no spaces, users or passwords in it"
        )
    return text


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("a text has no NUL characters")
    return text


HttpUrl = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_URL_LENGTH),
    AfterValidator(_http),
    WithJsonSchema(
        {
            "type": "string",
            "maxLength": MAX_URL_LENGTH,
            "pattern": URL,
        }
    ),
]

MediaType = Annotated[str, StringConstraints(to_lower=True, pattern=MEDIA_TYPE)]


def _written_out(value: object) -> object:
    if not isinstance(value, str | datetime) or (isinstance(value, str) and "T" not in value.upper()):
        raise ValueError("a time is written as 2026-01-31T12:00:00Z")
    return value


Time = Annotated[AwareDatetime, BeforeValidator(_written_out)]
"""A time of RFC 3339, and no number of seconds."""

Text = Annotated[
    str,
    StringConstraints(max_length=MAX_TEXT_LENGTH, pattern=r"^[^\u0000]*$"),
    AfterValidator(_without_nul),
]
"""Free text of several lines."""
