"""The data of a training as it comes in: to a file, chunk by chunk, with its hash."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from anyio import open_file

from intent.retraining.refusals import NoRowsError

_MARK: Final = b"\xef\xbb\xbf"
_BLANKS: Final = b" \t\r\n"
_NONE: Final = 'The body holds no rows: send lines like {"text": "where is it", "label": "track_order"}.'


@dataclass(frozen=True)
class Received:
    """The SHA-256 and the number of the bytes that came in."""

    sha256: str
    size: int


async def receive(chunks: AsyncIterator[bytes], path: Path | None) -> Received:
    """Write `chunks` to `path`, or only count them; raises NoRowsError for what is not lines of JSON, OSError."""
    if path is None:
        return await _pass(_checked(chunks))
    async with await open_file(path, "xb") as file:

        async def written() -> AsyncIterator[bytes]:
            async for chunk in _checked(chunks):
                await file.write(chunk)
                yield chunk

        return await _pass(written())


async def _pass(chunks: AsyncIterator[bytes]) -> Received:
    digest, size = hashlib.sha256(), 0
    async for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
    return Received(digest.hexdigest(), size)


async def _checked(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield `chunks`, of which the first that is not blank must begin with an object."""
    begun = False
    async for chunk in chunks:
        beginning = b"" if begun else chunk.removeprefix(_MARK).lstrip(_BLANKS)
        if beginning and not beginning.startswith(b"{"):
            raise NoRowsError(_NONE)
        begun = begun or bool(beginning)
        yield chunk
    if not begun:
        raise NoRowsError(_NONE)
