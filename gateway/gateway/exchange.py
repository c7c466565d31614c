"""One request and its answer on the client's side of the gateway, and the moment the client hangs up."""

import asyncio
from collections.abc import AsyncIterator
from fcntl import ioctl
from struct import unpack
from termios import TIOCOUTQ

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from gateway.request_head import Head
from gateway.wire.heads import Header
from shared.errors import ProblemError
from shared.protocol import TRANSPORT

PATIENCE_SECONDS = 0.05
"""Most answers are there sooner; only for the others is it worth watching whether the client still waits."""
GATHERED_BYTES = 64 << 10
"""A body that says that it has no more than that is sent on when it is whole, so that it can be sent twice."""
GRACE_SECONDS = 10.0
MIN_BYTES_PER_SECOND = 240
"""A body that arrives slower, after some grace, is kept back by purpose: it would hold a place for hours."""


class Exchange:
    """Reads the request's body as it comes, writes the answer as it comes, and notices a client that leaves.

    When the client hangs up, or is cut off, the task that made the exchange is cancelled; `client_left` and
    `was_cut_off` tell why.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send, client_seconds: float, max_body_bytes: int) -> None:
        self.scope = scope
        self.started = False
        self.client_left = False
        self.was_cut_off = False
        self._client_seconds = client_seconds
        self._max_body_bytes = max_body_bytes
        self._received = 0
        self._waited = 0.0
        self._receive = receive
        self._send_now = send
        self._transport: asyncio.Transport = scope["state"][TRANSPORT]
        self._task = asyncio.current_task()
        self._watch_later: asyncio.TimerHandle | None = None
        self._watcher: asyncio.Task[None] | None = None

    async def request_body(self, head: Head) -> AsyncIterator[bytes] | bytes | None:
        """Return the whole body when it came at once or is small, an iterator over its parts otherwise, None for none.

        Raises ProblemError: 413 for a body that is too large, 408 for one that arrives too slowly.
        """
        if head.content_length is not None and head.content_length > self._max_body_bytes:
            raise self._too_large()
        # Without a body the end of the request is there already, and nothing is waited for.
        part, more = await self._next_part() if head.has_body else _part_of(await self._receive())
        if more and head.content_length is not None and head.content_length <= GATHERED_BYTES:
            parts = [part]
            while more:
                part, more = await self._next_part()
                parts.append(part)
            part = b"".join(parts)
        if more:
            return self._rest_of_body(part)
        self._watch()
        return part if head.has_body else None

    async def start(self, status: int, headers: list[Header]) -> None:
        """Send the status and the headers; raises as `write` does, where another answer is yet to be taken."""
        self.started = True
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def write(self, body: bytes, *, last: bool) -> None:
        """Send a part of the answer's body; waits while the client reads slower than the upstream writes.

        Raises TimeoutError when the client takes nothing for too long.
        """
        await self._send({"type": "http.response.body", "body": body, "more_body": not last})

    async def respond(self, response: Response) -> int:
        """Send the gateway's own answer; return its status."""
        self.started = True
        await response(self.scope, self._receive, self._send)
        return response.status_code

    def stop_watching(self) -> None:
        """No longer look whether the client has left."""
        if self._watch_later:
            self._watch_later.cancel()
        if self._watcher:
            self._watcher.cancel()

    def cut_off(self) -> None:
        """End the exchange, however far it is."""
        self.was_cut_off = True
        self._cancel()

    def close(self) -> None:
        """Be done with the client."""
        self._task = None
        self.stop_watching()

    async def _send(self, message: Message) -> None:
        if not self._transport.get_write_buffer_size():
            await self._send_now(message)  # there is room, so most answers need no timer
            return
        async with asyncio.timeout(None) as limit:
            self._expect_progress(limit, _untaken(self._transport))
            try:
                await self._send_now(message)
            finally:
                self._progress.cancel()

    def _expect_progress(self, limit: asyncio.Timeout, before: int) -> None:
        loop = asyncio.get_running_loop()
        self._progress = loop.call_later(self._client_seconds, self._check_progress, limit, before)

    def _check_progress(self, limit: asyncio.Timeout, before: int) -> None:
        untaken = _untaken(self._transport)
        if untaken < before:
            self._expect_progress(limit, untaken)
        else:
            limit.reschedule(0.0)

    async def _rest_of_body(self, part: bytes) -> AsyncIterator[bytes]:
        yield part
        more = True
        while more:
            try:
                part, more = await self._next_part()
            except ClientDisconnect:
                self._leave()
                raise
            yield part
        self._watch()

    async def _next_part(self) -> tuple[bytes, bool]:
        """Return a part of the body and whether more is to come."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        allowed = GRACE_SECONDS + self._received / MIN_BYTES_PER_SECOND - self._waited
        try:
            async with asyncio.timeout(min(self._client_seconds, max(0.0, allowed))):
                part, more = _part_of(await self._receive())
        except TimeoutError:
            raise ProblemError(408, "The body stopped arriving, or arrives too slowly.") from None
        self._waited += loop.time() - began
        self._received += len(part)
        if self._received > self._max_body_bytes:
            raise self._too_large()
        return part, more

    def _too_large(self) -> ProblemError:
        return ProblemError(413, f"The body is larger than {self._max_body_bytes:,} bytes.", {"Connection": "close"})

    def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        self._watch_later = loop.call_later(PATIENCE_SECONDS, self._start_watching)

    def _start_watching(self) -> None:
        self._watcher = asyncio.create_task(self._wait_for_disconnect())

    async def _wait_for_disconnect(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._leave()

    def _leave(self) -> None:
        self.client_left = True
        self._cancel()

    def _cancel(self) -> None:
        if self._task:
            self._task.cancel()


def _untaken(transport: asyncio.Transport) -> int:
    """Return how many bytes the client has yet to take, here and in the system's buffer, which may hold megabytes.

    The system asks for more only when a third of its buffer is free: by then a slow reader has read for minutes.
    """
    try:
        (queued,) = unpack("i", ioctl(transport.get_extra_info("socket").fileno(), TIOCOUTQ, bytes(4)))
    except (OSError, ValueError):
        queued = 0  # the connection has just ended, or the system does not tell
    return transport.get_write_buffer_size() + int(queued)


def _part_of(message: Message) -> tuple[bytes, bool]:
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message.get("body", b""), message.get("more_body", False)
