"""One request and its answer on the client's side of the gateway, and the moment the client hangs up."""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from shared.errors import ProblemError, error_response

PATIENCE_SECONDS = 0.05
"""Most answers are there sooner; only for the others is it worth watching whether the client still waits."""


class Exchange:
    """Reads the request's body as it comes, writes the answer as it comes, and notices a client that leaves.

    When the client hangs up, the task that made the exchange is cancelled; `client_left` tells why.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send, client_seconds: float) -> None:
        self.scope = scope
        self.started = False
        self.client_left = False
        self.stalled: ProblemError | None = None
        self._writing = False
        self._client_seconds = client_seconds
        self._receive = receive
        self._send = send
        self._task = asyncio.current_task()
        self._watch_later: asyncio.TimerHandle | None = None
        self._watcher: asyncio.Task[None] | None = None

    async def request_body(self, *, expected: bool) -> AsyncIterator[bytes] | bytes | None:
        """Return the whole body when it came at once, an iterator over its parts otherwise, None for none.

        Without an `expected` body the end of the request is there already, and nothing is waited for.
        """
        message = await (self._next_part() if expected else self._receive())
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body: bytes = message.get("body", b"")
        if message.get("more_body", False):
            return self._rest_of_body(body)
        self._watch()
        return body or None

    async def start(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """Send the status and the headers."""
        self.started = True
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def write(self, body: bytes, *, last: bool) -> None:
        """Send a part of the answer's body; waits while the client reads slower than the upstream writes.

        Raises TimeoutError when the client takes nothing for too long.
        """
        message = {"type": "http.response.body", "body": body, "more_body": not last}
        if not self._writing:
            self._writing = True  # the first part always finds room, so the small answers need no timer
            await self._send(message)
            return
        async with asyncio.timeout(self._client_seconds):
            await self._send(message)

    async def respond(self, error: ProblemError) -> int:
        """Send `error` as the gateway's own answer; return its status."""
        await error_response(self.scope, error)(self.scope, self._receive, self._send)
        return error.status

    def close(self) -> None:
        """Stop watching for the client."""
        self._task = None
        if self._watch_later:
            self._watch_later.cancel()
        if self._watcher:
            self._watcher.cancel()

    async def _rest_of_body(self, first: bytes) -> AsyncIterator[bytes]:
        yield first
        more = True
        while more:
            message = await self._next_part()
            if message["type"] == "http.disconnect":
                self._leave()
                raise ClientDisconnect
            more = message.get("more_body", False)
            yield message.get("body", b"")
        self._watch()

    async def _next_part(self) -> Message:
        try:
            async with asyncio.timeout(self._client_seconds):
                return await self._receive()
        except TimeoutError:
            # Kept as well: raised from inside of the upload, it comes out as the HTTP client's own error.
            self.stalled = ProblemError(408, "The body stopped arriving.")
            raise self.stalled from None

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
        if self._task:
            self._task.cancel()
