"""The file of keys is read as it stands, or refused with what is wrong where."""

import json
import re
import stat
from pathlib import Path
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from gateway.keys.entries import Entries
from gateway.keys.refusals import KeyFileError, MissingKeyFileError
from gateway.keys.text import ID_PATTERN

MAX_BYTES: Final = 16 << 20
"""About 40,000 keys."""

_MAX_REPORTED: Final = 3


def read_entries(path: Path) -> Entries:
    """Return what the file at `path` says; raises KeyFileError, MissingKeyFileError, which never tell a hash."""
    content = _content(path)
    try:
        entries = Entries.model_validate_json(content)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)
        told = "; ".join(_told(each, content) for each in found[:_MAX_REPORTED])
        more = f"; and {len(found) - _MAX_REPORTED} more" if len(found) > _MAX_REPORTED else ""
        raise KeyFileError(f"{path} is no file of keys: {told}{more}.") from None
    if not entries.model_fields_set >= {"version", "keys"}:  # else {} would be all keys revoked
        raise KeyFileError(f"{path} is no file of keys: it needs version and keys.")
    return entries


def _content(path: Path) -> bytes:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise KeyFileError(f"{path} is no file.")
        if found.st_size > MAX_BYTES:
            raise KeyFileError(f"{path} has more than {MAX_BYTES:,} bytes.")
        return path.read_bytes()
    except FileNotFoundError:
        raise MissingKeyFileError(
            f"{path} does not exist; make the first key by `python -m gateway.keys create`."
        ) from None
    except OSError as error:
        raise KeyFileError(f"{path} cannot be read: {error.strerror}.") from error


def _told(error: ErrorDetails, content: bytes) -> str:
    loc = error["loc"]
    message = error["msg"].removeprefix("Value error, ")
    if len(loc) < 2 or loc[0] != "keys" or not isinstance(loc[1], int):
        return ": ".join((*map(_shown, loc), message))
    where = f"keys[{loc[1]}]{_id_of(content, loc[1])}"
    return ": ".join((where, *map(_shown, loc[2:]), message))


def _shown(part: str | int) -> str:
    """Return a field's name as it is, and what is no field's without telling much of it."""
    text = str(part)
    return text if text.isidentifier() and len(text) <= 20 else f"{text[:8]!a}…"


def _id_of(content: bytes, index: int) -> str:
    """Return how to name the entry at `index`, as far as it can be read."""
    try:
        id_ = json.loads(content)["keys"][index]["id"]
    except (LookupError, TypeError, ValueError):
        return ""
    return f" (id {id_})" if isinstance(id_, str) and re.fullmatch(ID_PATTERN, id_) else ""
