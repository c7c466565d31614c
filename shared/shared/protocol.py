"""HTTP/1.1 as uvicorn speaks it, with a bound on the head of a request and refusals as problem documents."""

import asyncio
from http import HTTPStatus

import orjson
from uuid_utils import uuid7
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.errors import MEDIA_TYPE, Problem

MAX_HEAD_BYTES = 64 << 10
"""Of the request line and all headers together; a little more may pass, what one read of the socket brings."""

HEAD_SECONDS = 10
"""How long a head may take to arrive: who sends it byte by byte would keep a connection for ever."""


class BoundedHttpProtocol(HttpToolsProtocol):
    """Refuses a head that does not end (408, 431), and says in the common shape why it refuses malformed HTTP (400)."""

    _head_bytes = 0
    _reads_head = True
    _in_mid_head = True
    """No head has ended in the data that is being parsed."""
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Expect the first head."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse `data`; close the connection when the head has grown too large."""
        self._in_mid_head = self._reads_head
        super().data_received(data)
        if self._in_mid_head:
            self._head_bytes += len(data)
            if self._head_timer is None:
                self._await_head()
            if self._head_bytes > MAX_HEAD_BYTES:
                self._refuse(431, f"The request line and the headers have more than {MAX_HEAD_BYTES:,} bytes.")

    def on_headers_complete(self) -> None:
        """Note the end of the head."""
        self._reads_head = self._in_mid_head = False
        self._stop_waiting()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Expect the next head."""
        super().on_message_complete()
        self._reads_head = True
        self._head_bytes = 0

    def send_400_response(self, msg: str) -> None:
        """Answer malformed HTTP."""
        self._refuse(400, f"This is not HTTP/1.1: {msg.strip('.')}.")

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self._head_timer:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        if self._head_bytes:
            self._refuse(408, f"The request line and the headers did not arrive within {HEAD_SECONDS} seconds.")
        else:
            self.transport.close()

    def _refuse(self, status: int, detail: str) -> None:
        if self.transport.is_closing():
            return
        title, request_id = HTTPStatus(status).phrase, str(uuid7())
        problem = Problem(title=title, status=status, detail=detail, instance="", request_id=request_id)
        body = orjson.dumps(problem.model_dump(exclude_none=True))
        head = (
            f"HTTP/1.1 {status} {title}\r\ncontent-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\n"
            f"x-request-id: {request_id}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
