"""Answers of any length, to clients that take them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

from starlette.responses import StreamingResponse
from starlette.types import Message, Send

TAKE_SECONDS: Final = 60


class TimedStreamingResponse(StreamingResponse):
    """Cuts off a client that takes nothing for `TAKE_SECONDS`, and with it what the stream holds meanwhile."""

    async def stream_response(self, send: Send) -> None:
        """Send the body; raises TimeoutError."""

        async def send_in_time(message: Message) -> None:
            async with asyncio.timeout(TAKE_SECONDS):
                await send(message)

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
