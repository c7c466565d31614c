"""Many small pieces of a stream, sent as few large ones."""

import functools
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Final, ParamSpec

P = ParamSpec("P")

CHUNK: Final = 64 << 10
"""Bytes from which a chunk is worth sending."""


def gathered(stream: Callable[P, AsyncGenerator[bytes, None]]) -> Callable[P, AsyncGenerator[bytes, None]]:
    """Let `stream` yield pieces of any size: they are sent in chunks of at least `CHUNK` bytes and a last one."""

    @functools.wraps(stream)
    async def chunks(*args: P.args, **kwargs: P.kwargs) -> AsyncGenerator[bytes, None]:
        buffer = bytearray()
        async with aclosing(stream(*args, **kwargs)) as pieces:
            async for piece in pieces:
                buffer += piece
                if len(buffer) >= CHUNK:
                    yield bytes(buffer)
                    buffer.clear()
        if buffer:
            yield bytes(buffer)

    return chunks
