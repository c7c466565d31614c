"""HTTP/1.1 as uvicorn speaks it, with bounds on what a client may send and refusals as problem documents."""

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.errors import ProblemError
from shared.last_answer import last_answer
from shared.request_line import VERSIONS, origin_form
from shared.unchunked import Unchunked

MAX_HEAD_BYTES: Final = 64 << 10
"""Of the request line and all headers together, and of what comes between two parts of a body: sizes of chunks and
trailers; a little more may pass, what one read of the socket brings."""
MAX_HEADERS: Final = 256
MAX_WAITING: Final = 100
"""Requests that a client may send ahead of the answers: a single read of the socket can bring thousands."""
HEAD_SECONDS: Final = 10
"""How long a head may take to arrive, and the rest of a body that nobody reads any more: who sends it byte by byte
would keep a connection for ever."""
LINGER_SECONDS: Final = 2
"""How long what a client still sends is thrown away, so that the last answer is not lost with the connection."""
STALLED_SECONDS: Final = 300
"""How long a client may leave what it was sent where it is; applications that know better cut it off sooner."""
TRANSPORT: Final = "transport"
"""Under this name the scope's state has the connection's transport, which knows what the client has yet to take."""


class BoundedHttpProtocol(HttpToolsProtocol):
    """Refuses what is no HTTP/1.1 (400, 505), and heads that are too long or do not end (408, 414, 431).

    What was asked for before that is answered first. Trailers are dropped: they must not pass for headers.
    """

    _head_bytes = 0
    _arrived = 0
    """Bytes of the data that is being parsed."""
    _reads_head = True
    _barren = True
    """The data that is being parsed has no end of a head and nothing of a body so far."""
    _awaits_body = True
    """Nothing of the body that is being read has come yet."""
    _timer: asyncio.TimerHandle | None = None
    _stall_timer: asyncio.TimerHandle | None = None
    _objection: ProblemError | None = None
    _refusal: bytes | None = None
    """The last answer; nothing more is read once there is one."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Expect the first head."""
        super().connection_made(transport)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing more."""
        self._stop_timer()
        self._unset_keepalive_if_required()
        if self._stall_timer:
            self._stall_timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse `data`; refuse what has grown too large."""
        if self._refusal is not None:
            return
        self._barren = True
        self._arrived = len(data)
        super().data_received(data)
        if self._barren and self._refusal is None:
            self._barren = False
            self._head_bytes += len(data)
            if self._reads_head and self._timer is None:
                self._start_timer()
            if self._head_bytes > MAX_HEAD_BYTES:
                self._refuse(self._too_large())

    def on_headers_complete(self) -> None:
        """Look over the head; what is wrong with it becomes the parser's own error."""
        self._stop_timer()
        self._unset_keepalive_if_required()
        try:
            self._check_head()
        except ProblemError as error:
            self._objection = error
            raise
        self._reads_head = self._barren = False
        self._awaits_body = True
        self.scope["state"][TRANSPORT] = self.transport
        super().on_headers_complete()
        if self.scope["http_version"] == "1.0":
            self.cycle.send = Unchunked(self.cycle).send  # type: ignore[method-assign]
        self.headers = []  # for trailers; the scope keeps the headers

    def on_body(self, body: bytes) -> None:
        """Pass on a part of a body."""
        self._barren = self._awaits_body = False
        self._head_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Expect the next head."""
        super().on_message_complete()
        self._reads_head = True
        self._barren = False
        self._head_bytes = 0
        if self.cycle.response_complete:
            self._stop_timer()
            self._unset_keepalive_if_required()
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def on_response_complete(self) -> None:
        """Go on with the next request; or end the connection, if there will be none that can be told from a body."""
        last = not self.pipeline
        super().on_response_complete()
        if self.transport.is_closing():
            if self.transport.get_write_buffer_size():
                self._cut_off_in(self.timeout_keep_alive)
        elif last and self._refusal is not None:
            self.loop.call_soon(self._say_refusal)  # behind the answer, of which the end may not be written yet
        elif last and not self._reads_head:
            self._unset_keepalive_if_required()
            if self.expect_100_continue and self._awaits_body:
                self._refusal = b""
                self.loop.call_soon(self._say_refusal)  # nobody knows whether the body still comes
            else:
                self._start_timer()

    def timeout_keep_alive_handler(self) -> None:
        """End an idle connection, also with a client that has not taken its answer."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            super().timeout_keep_alive_handler()

    def pause_writing(self) -> None:
        """Let the application wait, but not for ever."""
        super().pause_writing()
        self._cut_off_in(STALLED_SECONDS)

    def resume_writing(self) -> None:
        """Let the application go on."""
        if self._stall_timer and not self.transport.is_closing():
            self._stall_timer.cancel()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Answer malformed HTTP."""
        self._refuse(self._objection or ProblemError(400, f"This is not HTTP/1.1: {msg.strip('.')}."))

    def _check_head(self) -> None:
        version = self.parser.get_http_version()
        if version not in VERSIONS:
            raise ProblemError(505, f"HTTP/{version} is not spoken here: send HTTP/1.1.")
        if len(self.headers) > MAX_HEADERS:
            raise ProblemError(431, f"The request has more than {MAX_HEADERS} headers.")
        if self._head_bytes + self._arrived > MAX_HEAD_BYTES and self._size_of_head() > MAX_HEAD_BYTES:
            raise self._too_large()
        if len(self.pipeline) >= MAX_WAITING:
            raise ProblemError(429, f"More than {MAX_WAITING} requests were sent ahead of their answers.")
        self.url = origin_form(self.url, self.parser.get_method().decode("ascii"), self.headers)
        if version == "1.0":
            self.expect_100_continue = False
            if any(name == b"transfer-encoding" for name, _ in self.headers):
                raise ProblemError(400, "HTTP/1.0 knows no Transfer-Encoding.")

    def _size_of_head(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _too_large(self) -> ProblemError:
        return ProblemError(431, f"The request line and the headers have more than {MAX_HEAD_BYTES:,} bytes.")

    def _start_timer(self) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        if self._reads_head and self._head_bytes:
            self._refuse(ProblemError(408, f"The request's head did not arrive within {HEAD_SECONDS} seconds."))
        elif self._refusal is None:
            self.transport.close()

    def _refuse(self, error: ProblemError) -> None:
        """Answer what is being read with `error`, after all that was asked for before it, and end the connection."""
        if self._refusal is not None or self.transport.is_closing():
            return
        self._stop_timer()
        self._refusal = last_answer(error)
        waits = not getattr(self.cycle, "response_complete", True)
        if not self._reads_head:
            if self.pipeline and self.pipeline[0][0] is self.cycle:
                self.pipeline.popleft()  # its turn had not come
            else:
                waits = False
                self._give_up_on_cycle()
        if waits:
            self.flow.pause_reading()
        else:
            self.loop.call_soon(self._say_refusal)

    def _give_up_on_cycle(self) -> None:
        if self.cycle.response_started:
            self._refusal = b""  # it is being answered, or was
            if not self.cycle.response_complete:
                self.transport.close()
        self.cycle.disconnected = True
        self.cycle.message_event.set()

    def _say_refusal(self) -> None:
        if self.transport.is_closing():
            return
        if self._refusal:
            self.transport.write(self._refusal)
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self.flow.resume_reading()
            self._cut_off_in(LINGER_SECONDS)
        else:
            self.transport.close()
            self._cut_off_in(self.timeout_keep_alive)

    def _cut_off_in(self, seconds: float) -> None:
        """End the connection then, also with a client that does not take what it was sent."""
        if self._stall_timer:
            self._stall_timer.cancel()
        self._stall_timer = self.loop.call_later(seconds, self.transport.abort)
