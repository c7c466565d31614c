"""A tar archive (POSIX.1-2001, pax) written while it is read: no file is held, equal rows give equal bytes."""

import hashlib
import tarfile
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from typing import Final

from catalog.exports.file_names import file_name
from catalog.exports.rows import Content, Row
from catalog.exports.spool import Spool
from shared.refusals import RefusalError

END: Final = bytes(2 * tarfile.BLOCKSIZE)
"""An archive without it is cut off."""


class BrokenContentError(RefusalError):
    """An image's bytes cannot be read, or are not those that the catalog knows; the archive must be cut off."""


def is_held(row: Row) -> bool:
    """Return whether the catalog has the image's bytes, and not its URL alone."""
    return row.sha256 is not None


async def image(row: Row, content: Content) -> AsyncGenerator[bytes, None]:
    """Yield the entry of an image that is held; raises BrokenContentError."""
    if row.size is None:
        raise BrokenContentError(f"The size of image {row.id} is not known.")
    yield _header(file_name(row), row.size, row.created_at)
    async with aclosing(_checked(row, row.size, content)) as chunks:
        async for chunk in chunks:
            yield chunk
    yield _padding(row.size)


def file(name: str, data: bytes, modified: datetime) -> bytes:
    """Return the entry of a small file."""
    return _header(name, len(data), modified) + data + _padding(len(data))


async def spooled(name: str, spool: Spool, modified: datetime) -> AsyncGenerator[bytes, None]:
    """Yield the entry of a file whose bytes are in `spool`."""
    yield _header(name, spool.size, modified)
    async with aclosing(spool.read()) as chunks:
        async for chunk in chunks:
            yield chunk
    yield _padding(spool.size)


async def _checked(row: Row, size: int, content: Content) -> AsyncGenerator[bytes, None]:
    digest, length = hashlib.sha256(), 0
    async with aclosing(_read(row, content)) as chunks:
        async for chunk in chunks:
            length += len(chunk)
            if length > size:
                raise BrokenContentError(f"Image {row.id} has more than its {size:,} bytes.")
            digest.update(chunk)
            yield chunk
    if length < size:
        raise BrokenContentError(f"Image {row.id} ends after {length:,} of {size:,} bytes.")
    if digest.hexdigest() != row.sha256:
        raise BrokenContentError(f"The bytes of image {row.id} do not have its SHA-256, {row.sha256}.")


async def _read(row: Row, content: Content) -> AsyncGenerator[bytes, None]:
    chunks = content(row)
    try:
        async for chunk in chunks:
            yield chunk
    except Exception as error:
        raise BrokenContentError(f"Image {row.id} cannot be read: {error}") from error
    finally:
        if isinstance(chunks, AsyncGenerator):
            await chunks.aclose()


def _header(name: str, size: int, modified: datetime) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime = size, int(modified.timestamp())
    return entry.tobuf(tarfile.PAX_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)
