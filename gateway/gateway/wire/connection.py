"""One connection to an instance, with one exchange at a time."""

import asyncio
import math
import select
from collections.abc import AsyncIterator
from typing import Final, Protocol, cast

from gateway.wire.answer import Answer, Body
from gateway.wire.errors import BrokenError, SilentError, StaleError
from gateway.wire.heads import RequestBody
from gateway.wire.parsing import AnswerParser
from gateway.wire.uploads import send_body

SWITCHING_PROTOCOLS: Final = 101
_REFUSED: Final = 300
"""From this status on an answer that comes before the end of the request's body does without the rest of it."""


class Home(Protocol):
    """Where a connection belongs."""

    def opened(self, connection: "Connection") -> None:
        """Look after the connection from now on."""

    def free(self, connection: "Connection", patience: int | None) -> None:
        """Take the connection back for another exchange; after `patience` seconds the instance would end it."""

    def lost(self, connection: "Connection") -> None:
        """Forget the connection; may come more than once."""


class Connection(asyncio.Protocol):
    """Sends a request, receives the answer, and goes home when nothing of either is left over.

    `deadline` is the loop's time from which on `expire` should be called.
    """

    transport: asyncio.Transport
    _made = _unwanted = False

    def __init__(self, home: Home, loop: asyncio.AbstractEventLoop, deadline: float) -> None:
        self.deadline = deadline
        self._home = home
        self._loop = loop
        self._parser = AnswerParser()
        self._read_seconds = 0.0
        self._reused = False
        self._active = False
        self._sent = True
        self._paused = False
        self._unsent = 0
        self._waiter: asyncio.Future[Answer] | None = None
        self._body: Body | None = None
        self._upload: asyncio.Task[None] | None = None
        self._drained: asyncio.Future[None] | None = None

    async def exchange(
        self,
        head: bytes,
        body: RequestBody,
        length: int | None,
        *,
        bodiless: bool,
        upgrade: bool,
        read_seconds: float,
    ) -> Answer:
        """Send a request and return the answer as soon as its head is there; `length` is the body's, None in chunks.

        Raises StaleError, BrokenError, SilentError, UnsendableError, and whatever `body` raises.
        """
        self._parser.begin(bodiless=bodiless, upgrade=upgrade)
        self._read_seconds = read_seconds
        self.deadline = self._loop.time() + read_seconds
        self._active = True
        waiter: asyncio.Future[Answer] = self._loop.create_future()
        self._waiter = waiter
        if body is None or isinstance(body, bytes):
            self.transport.write(head + body if body else head)
        else:
            self.transport.write(head)
            self._sent = False
            self._upload = self._loop.create_task(self._send(body, length))
        try:
            return await waiter
        except BaseException:
            if self._waiter is waiter:
                self.abort()
            elif not waiter.cancelled() and not waiter.exception():
                waiter.result().close()  # it came in the moment of the cancellation
            raise

    def is_spent(self) -> bool:
        """Tell whether the connection, which is idle, has ended, or has something to read, which is no better.

        The loop would tell the same, but not before its next turn: too late for a request that may be sent only once.
        """
        return self.transport.is_closing() or bool(self._readable.poll(0))

    def abort(self) -> None:
        """End the connection at once, and whatever goes on over it."""
        self._leave()
        self.transport.abort()

    def fail(self, error: Exception) -> None:
        """End the connection, and with `error` the exchange, if one goes on."""
        waiter, body = self._waiter, self._body
        self.abort()
        if body:
            body.end([], error)
        elif waiter and not waiter.done():
            waiter.set_exception(error)

    def discard(self) -> None:
        """End the connection that came about just as nobody wanted it any more, or is still to come about."""
        self._unwanted = True
        if self._made:
            self.abort()

    def expire(self, now: float) -> None:
        """End the connection that was idle, or whose instance was silent, until the deadline; or put that off."""
        if not self._active:
            self._leave()
            self.transport.close()
            return
        if self._paused or self.transport.is_closing():
            self.deadline = math.inf  # it is the client's turn, or `connection_lost` is about to come
            return
        unsent = self.transport.get_write_buffer_size() if self._drained else 0
        if (self._upload and not self._drained) or unsent < self._unsent:
            self._unsent = unsent  # the client has yet to send, or the instance took some of the body
            self.deadline = now + self._read_seconds
        else:
            self.fail(SilentError(f"Nothing came for {self._read_seconds:g} s."))

    def pause(self) -> None:
        """Take no more from the instance for now; it owes nothing meanwhile."""
        self._paused = True
        self.deadline = math.inf
        self.transport.pause_reading()

    def resume(self) -> None:
        """Take more from the instance."""
        self._paused = False
        self.deadline = self._loop.time() + self._read_seconds
        self.transport.resume_reading()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = cast("asyncio.Transport", transport)
        self._readable = select.poll()
        self._readable.register(transport.get_extra_info("socket").fileno(), select.POLLIN)
        self._made = True
        self._home.opened(self)
        if self._unwanted:
            self.abort()

    def data_received(self, data: bytes) -> None:
        """Parse a part of the answer, and pass on what is there by then."""
        if not self._active:
            self.abort()  # what nobody asked for must never be taken for the next request's answer
            return
        self.deadline = self._loop.time() + self._read_seconds
        parser = self._parser
        try:
            parser.feed(data)
        except BrokenError as error:
            self.fail(error)
            return
        if parser.complete:
            self._finish()
        elif parser.status:
            self._pass_on()

    def eof_received(self) -> None:
        """End an answer that goes on until the connection ends."""
        if self._active and self._parser.ends_with_connection():
            self._finish()

    def connection_lost(self, error: Exception | None) -> None:
        """End the exchange, if one goes on."""
        self._home.lost(self)
        if not self._active:
            return
        if self._reused and not self._parser.heard:
            self.fail(StaleError(f"The kept connection ended: {error or 'no answer'}."))
        else:
            self.fail(BrokenError(f"The connection ended in mid-exchange: {error or 'the answer is not whole'}."))

    def pause_writing(self) -> None:
        """Let the upload wait; meanwhile the instance has to take something before each deadline."""
        self._drained = self._loop.create_future()
        self._unsent = self.transport.get_write_buffer_size()
        self.deadline = self._loop.time() + self._read_seconds

    def resume_writing(self) -> None:
        """Let the upload go on."""
        drained, self._drained = self._drained, None
        self._unsent = 0
        self.deadline = self._loop.time() + self._read_seconds
        if drained and not drained.done():
            drained.set_result(None)

    async def _send(self, body: AsyncIterator[bytes], length: int | None) -> None:
        try:
            await send_body(body, length, self.transport, self._drain)
        except Exception as error:  # noqa: BLE001 whatever it is, it goes to whoever waits for the answer
            self._upload = None
            self.fail(error)
        else:
            self._upload = None
            self._sent = True
            self.deadline = self._loop.time() + self._read_seconds

    async def _drain(self) -> None:
        if self._drained:
            await self._drained

    def _pass_on(self) -> None:
        """Pass on the head once, then what came of the body."""
        parser = self._parser
        parts, parser.parts = parser.parts, []
        if self._body:
            self._body.add(parts)
            return
        body = self._body = Body(self)
        body.add(parts)
        waiter, self._waiter = self._waiter, None
        self._deliver(waiter, Answer(parser.status, parser.headers, None, body))
        if self._upload and parser.status >= _REFUSED:
            self._upload.cancel()
            self._upload = None

    def _finish(self) -> None:
        """Pass on the end of the answer, and go home if nothing is left over."""
        parser, body, waiter = self._parser, self._body, self._waiter
        if self._paused:
            self.resume()
        if parser.status == SWITCHING_PROTOCOLS:
            self._leave()
            self.transport.pause_reading()
            switched = Answer(parser.status, parser.headers, b"", None, (self.transport, parser.early))
            self._deliver(waiter, switched)
            return
        if parser.reusable and self._sent and not self._drained:
            self._active = False
            self._reused = True
            self._waiter = self._body = None
            self._home.free(self, parser.patience)
        else:
            self.abort()
        if body:
            body.end(parser.parts)
        else:
            self._deliver(waiter, Answer(parser.status, parser.headers, b"".join(parser.parts)))

    def _leave(self) -> None:
        self._active = False
        self._waiter = self._body = None
        if self._upload:
            self._upload.cancel()
            self._upload = None
        self._home.lost(self)

    @staticmethod
    def _deliver(waiter: asyncio.Future[Answer] | None, answer: Answer) -> None:
        if waiter and not waiter.done():
            waiter.set_result(answer)
        else:
            answer.close()  # whoever asked has left in this very moment
