"""Answers of any length, to clients that take them."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Final

from starlette.responses import StreamingResponse
from starlette.types import Message, Send

TAKE_SECONDS: Final = 60


class TimedStreamingResponse(StreamingResponse):
    """Cuts off a client that takes nothing for `TAKE_SECONDS`, and with it what the stream holds meanwhile."""

    def __init__(
        self,
        chunks: AsyncGenerator[bytes, None],
        status_code: int = 200,
        headers: Mapping[str, str] | None = None,
        media_type: str | None = None,
    ) -> None:
        super().__init__(chunks, status_code, headers, media_type)
        self._chunks = chunks

    async def stream_response(self, send: Send) -> None:
        """Send the body; raises TimeoutError."""

        async def send_in_time(message: Message) -> None:
            async with asyncio.timeout(TAKE_SECONDS):
                await send(message)

        # Starlette leaves that to the garbage collector, while the stream may hold a place or a connection.
        async with aclosing(self._chunks):
            await super().stream_response(send_in_time)


async def begun(chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Return `chunks` with the first one read already: what it raises can still be answered."""
    first = await anext(chunks, b"")

    async def whole() -> AsyncGenerator[bytes, None]:
        async with aclosing(chunks):
            yield first
            async for chunk in chunks:
                yield chunk

    return whole()
