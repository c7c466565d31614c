"""What an export is made of: images with their labels, the tags among them, and the images' bytes."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Row:
    """An image and its current labeling; a tag in neither `present` nor `absent` is unknown."""

    id: UUID
    name: str
    url: str | None
    type: str
    """The media type, such as `image/jpeg`."""
    sha256: str | None
    """Of the image's bytes, in hexadecimal; None when only the URL is known and the bytes are not held."""
    size: int | None
    """Of the image in bytes."""
    width: int | None
    height: int | None
    created_at: datetime
    labeling: int | None
    """The labeling's version, None when the image was never labeled."""
    author: str | None
    source: str | None
    labeled_at: datetime | None
    present: tuple[str, ...]
    """Names of the tags that were seen, sorted."""
    absent: tuple[str, ...]
    """Names of the tags that were looked for and are not there, sorted."""
    schema: str | None
    """Name of the label schema that the labeling follows."""
    schema_version: int | None


@dataclass(frozen=True, slots=True)
class Category:
    """A tag that occurs in an export."""

    id: UUID
    name: str


Content = Callable[[Row], AsyncIterator[bytes]]
"""Reads the bytes of an image that is held."""

Export = Callable[[AsyncIterator[Row], Sequence[Category], Content], AsyncGenerator[bytes, None]]
"""Turns rows, with all their tags sorted by name, into a file's bytes at constant memory.

It must be closed by who reads it (`contextlib.aclosing`). An error in the middle means that the file is not whole.
"""
