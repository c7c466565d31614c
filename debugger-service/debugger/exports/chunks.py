"""Many small pieces of a stream, sent as few large ones."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

CHUNK: Final = 64 << 10
"""Bytes from which a chunk is worth sending."""


async def gathered(pieces: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Yield the pieces in chunks of at least `CHUNK` bytes and a last one; closes `pieces`."""
    waiting = bytearray()
    async with aclosing(pieces):
        async for piece in pieces:
            waiting += piece
            if len(waiting) >= CHUNK:
                yield bytes(waiting)
                waiting.clear()
    if waiting:
        yield bytes(waiting)
