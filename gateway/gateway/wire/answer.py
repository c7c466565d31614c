"""An instance's answer, and its body while that is still arriving."""

import asyncio
from typing import Final, Protocol

from gateway.wire.errors import BrokenError
from gateway.wire.heads import Header

HIGH_WATER_BYTES: Final = 256 << 10
"""Of a body that arrived and was not read yet; beyond it the instance has to wait. A read takes all of them."""


class Source(Protocol):
    """The connection that a body arrives on."""

    def pause(self) -> None:
        """Take no more from the instance for now."""

    def resume(self) -> None:
        """Take more."""

    def abort(self) -> None:
        """End the connection at once."""


class Body:
    """Parts of a body between the connection, which adds them, and the reader."""

    __slots__ = ("_ended", "_error", "_parts", "_paused", "_size", "_source", "_waiter")

    def __init__(self, source: Source) -> None:
        self._source = source
        self._parts: list[bytes] = []
        self._size = 0
        self._paused = self._ended = False
        self._error: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None

    def add(self, parts: list[bytes]) -> None:
        """Take what arrived."""
        self._parts += parts
        self._size += sum(map(len, parts))
        if self._size > HIGH_WATER_BYTES and not self._paused:
            self._paused = True
            self._source.pause()
        self._wake()

    def end(self, parts: list[bytes], error: Exception | None = None) -> None:
        """Take the last parts; after them the reader gets the end, or `error`."""
        self._parts += parts
        self._ended = True
        self._error = error
        self._wake()

    async def read(self) -> bytes:
        """Return all that is there, as soon as there is something; b"" at the end."""
        while not self._parts and not self._ended:
            await self._arrival()
        if not self._parts:
            if self._error:
                raise self._error
            return b""
        data = b"".join(self._parts)
        self._parts.clear()
        self._size = 0
        if self._paused and not self._ended:
            self._source.resume()
        self._paused = False
        return data

    def close(self) -> None:
        """Give up on what is still to come."""
        if not self._ended:
            self._source.abort()
            self.end([], BrokenError("The answer was closed before its end."))

    async def _arrival(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        except asyncio.CancelledError:
            self.close()
            raise
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)


class Answer:
    """Status, headers (names in lower case, as ASGI wants them) and body of what an instance answered.

    `whole` is the body where all of it came together with the head, as with most small answers; else None, and
    `read` has it part by part. Whoever does not read to the end has to `close`, and may do so in any case.
    """

    __slots__ = ("_body", "_early", "_transport", "headers", "status", "whole")

    def __init__(
        self,
        status: int,
        headers: list[Header],
        whole: bytes | None,
        body: Body | None = None,
        tunnel: tuple[asyncio.Transport, bytes] | None = None,
    ) -> None:
        self.status = status
        self.headers = headers
        self.whole = whole
        self._body = body
        self._transport: asyncio.Transport | None
        self._transport, self._early = tunnel or (None, b"")

    async def read(self) -> bytes:
        """Return the next part of a body that did not come as a `whole`; b"" at its end.

        Raises BrokenError when the body ends too soon, SilentError when nothing comes for too long, and whatever
        the iterator of the request's body raised.
        """
        return await self._body.read() if self._body else b""

    def close(self) -> None:
        """End the connection, unless all of the answer has arrived: then it is already back in the pool."""
        if self._body:
            self._body.close()
        if self._transport:
            self._transport.abort()

    def take_over(self) -> tuple[asyncio.Transport, bytes]:
        """Return what a 101 leaves: the transport, which is paused, and the bytes that came after the answer.

        Whoever takes it has to set another protocol, resume the reading, and end it.
        """
        if not self._transport:
            raise ValueError(f"An answer with the status {self.status} leaves no tunnel.")
        transport, self._transport = self._transport, None
        return transport, self._early
