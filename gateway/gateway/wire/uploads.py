"""A request's body on its way to the instance, part by part."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from gateway.wire.errors import UnsendableError


async def send_body(
    body: AsyncIterator[bytes],
    length: int | None,
    transport: asyncio.WriteTransport,
    drain: Callable[[], Awaitable[None]],
) -> None:
    """Write `body` as exactly `length` bytes, or in chunks if that is None; `drain` waits until there is room.

    Raises UnsendableError for a body of another length, and whatever `body` raises.
    """
    left = length
    async for part in body:
        if not part:
            continue
        if left is None:
            transport.writelines((b"%x\r\n" % len(part), part, b"\r\n"))
        elif len(part) <= left:
            left -= len(part)
            transport.write(part)
        else:
            raise UnsendableError(f"The body has more than the {length:,} bytes that its Content-Length says.")
        await drain()
    if left is None:
        transport.write(b"0\r\n\r\n")
    elif left:
        raise UnsendableError(f"The body ended {left:,} bytes before the {length:,} that its Content-Length says.")
