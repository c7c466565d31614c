"""How an image's file is called in every export: by its id, never by a name that a user gave."""

from collections.abc import Mapping
from typing import Final

from catalog.exports.rows import Row

EXTENSIONS: Final[Mapping[str, str]] = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/tiff": "tiff",
}

UNKNOWN: Final = "bin"


def file_name(row: Row) -> str:
    """Return `<id>.<extension of the type>`."""
    return f"{row.id}.{EXTENSIONS.get(row.type, UNKNOWN)}"
