"""Answers to HTTP/1.0, which knows no chunks: one of unknown length goes on until the connection ends."""

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle


class Unchunked:
    """Sends in place of `cycle`, whose request is of HTTP/1.0; uvicorn ends the connection after such an answer."""

    def __init__(self, cycle: RequestResponseCycle) -> None:
        self._cycle = cycle
        self._send = cycle.send
        self._has_length = True

    async def send(self, message: ASGISendEvent) -> None:
        """Send a message of ASGI."""
        cycle = self._cycle
        if message["type"] == "http.response.start":
            self._has_length = any(name.lower() == b"content-length" for name, _ in message.get("headers", []))
            if not self._has_length:
                cycle.chunked_encoding = False
        elif message["type"] == "http.response.body" and not self._has_length:
            cycle.expected_content_length = len(message.get("body", b""))  # each part is as long as it should be
        await self._send(message)
