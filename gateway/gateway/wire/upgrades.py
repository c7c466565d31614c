"""The server's side of a WebSocket: an ordinary request, which the application may turn into a tunnel.

The application is called with an `http` scope whose `extensions[UPGRADE]` is an `Upgrade`. It may answer as always,
and the connection ends after that; or, once the instance has answered with 101, it awaits `Upgrade.tunnel`, which
answers with 101 in turn. For this uvicorn needs `http=UpgradingProtocol` and `ws="none"`.
"""

import sys
from collections.abc import Sequence
from typing import Final

from httptools import HttpParserUpgrade
from starlette.types import Send

from gateway.wire.answer import Answer
from gateway.wire.connection import SWITCHING_PROTOCOLS
from gateway.wire.declining import parser_of_body
from gateway.wire.heads import Header
from gateway.wire.held_head import HeldHead
from gateway.wire.tunnel import Tunnel
from shared.protocol import MAX_HEAD_BYTES, BoundedHttpProtocol

UPGRADE: Final = "gateway.upgrade"
TUNNEL_IDLE_SECONDS: Final = 3600.0
"""WebSockets may be quiet for long; a peer that vanished without a word is found out by this alone."""
_FRAMING: Final = frozenset({b"content-length", b"transfer-encoding"})


class UpgradingProtocol(BoundedHttpProtocol):
    """Offers a tunnel to whoever asks for WebSocket, and writes the head of an answer together with its body."""

    _framing: Sequence[Header] = ()
    """Of a request whose body still has to be found behind a wish for another protocol."""
    _segment = b""
    _upgrade: "Upgrade | None" = None
    _held_head: HeldHead | None = None

    def data_received(self, data: bytes) -> None:
        """Parse `data`, or keep it for the tunnel to come."""
        if self._upgrade:
            self._upgrade.early += data
            if len(self._upgrade.early) > MAX_HEAD_BYTES:
                self.transport.abort()
            return
        self._segment = data
        super().data_received(data)
        self._segment = b""

    def on_headers_complete(self) -> None:
        """Offer the tunnel where it is wished for."""
        connects = self.parser.should_upgrade() and self.parser.get_method() == b"CONNECT"
        if self.parser.should_upgrade() and not connects:
            self._framing = [header for header in self.headers if header[0] in _FRAMING]
            if not self._framing and self._get_upgrade() == b"websocket":
                self._upgrade = Upgrade(self)
                self.scope["extensions"] = {UPGRADE: self._upgrade}  # type: ignore[dict-item] # an object
        super().on_headers_complete()
        self._held_head = HeldHead(self.transport, self.loop)
        self.cycle.transport = self._held_head  # type: ignore[assignment]
        if self._upgrade or connects:
            self.cycle.keep_alive = False  # nobody knows whether what follows is HTTP

    def on_message_complete(self) -> None:
        """Pass on the end of the body, unless its beginning was taken for it."""
        if not self._framing:
            super().on_message_complete()

    def shutdown(self) -> None:
        """Finish the answer under way, and end the connection."""
        self._write_held_head()
        super().shutdown()

    def hand_over(self) -> None:
        """Leave the connection to a tunnel, after the head of the answer."""
        self._write_held_head()
        self.transport.pause_reading()
        self.cycle.response_complete = True
        self.connections.discard(self)
        self.parser = None  # type: ignore[assignment] # it refers to this protocol in turn

    def _write_held_head(self) -> None:
        if self._held_head:
            self._held_head.flush()

    def _unsupported_upgrade_warning(self) -> None:
        """Treat what follows the head; uvicorn calls this while it handles the parser's word of where that begins."""
        pause = sys.exc_info()[1]
        rest = self._segment[pause.args[0] :] if isinstance(pause, HttpParserUpgrade) else b""
        if self._upgrade:
            self._upgrade.early = rest
        elif self.scope["method"] != "CONNECT":
            self._decline(rest)

    def _decline(self, rest: bytes) -> None:
        """Go on as if the wish had not been, which HTTP allows."""
        framing, self._framing = self._framing, ()
        if framing:
            self.parser = parser_of_body(self, framing)
        if rest:
            self.data_received(rest)


class Upgrade:
    """A client's wish for a WebSocket, as long as nothing was answered."""

    def __init__(self, protocol: UpgradingProtocol) -> None:
        self.early = b""
        self._protocol = protocol

    async def tunnel(
        self, send: Send, headers: list[Header], answer: Answer, *, idle_seconds: float = TUNNEL_IDLE_SECONDS
    ) -> None:
        """Answer with 101 and `headers`, then pass on bytes both ways until both sides have ended.

        `answer` is the instance's 101; of its headers `connection: upgrade` and `upgrade` have to be among `headers`.
        Nothing may wait in `receive` any more. Cancelling ends both connections, as does nothing for `idle_seconds`.
        """
        protocol = self._protocol
        try:
            # Neither chunks nor a Connection: close; what follows the head is no body.
            protocol.cycle.chunked_encoding, protocol.cycle.keep_alive = False, True
            await send({"type": "http.response.start", "status": SWITCHING_PROTOCOLS, "headers": headers})
            if protocol.transport.is_closing():
                return
            protocol.hand_over()
            instance, early = answer.take_over()
        finally:
            answer.close()
        tunnel = Tunnel(protocol.transport, instance, idle_seconds)
        protocol.connections.add(tunnel)  # type: ignore[arg-type] # it has shutdown(), all that matters
        try:
            await tunnel.run(self.early, early)
        finally:
            protocol.connections.discard(tunnel)
