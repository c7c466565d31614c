"""Requests with a body that wish for another protocol, as `Upgrade: h2c`, and go on in this one.

httptools takes what follows the head of any such request for the other protocol, so their bodies are lost, or worse,
read as requests. A second parser, set up to expect the body, takes over there.
"""

from collections.abc import Callable, Sequence

from httptools import HttpRequestParser
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.wire.heads import Header

_OF_HEADS = ("on_message_begin", "on_url", "on_header", "on_headers_complete")


def parser_of_body(protocol: HttpToolsProtocol, framing: Sequence[Header]) -> HttpRequestParser:
    """Return a parser that calls `protocol` back, and next expects a body with these headers."""
    later = _Later(protocol)
    parser = HttpRequestParser(later)
    parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn sets its own
    head = b"".join(b"%b: %b\r\n" % header for header in framing)
    parser.feed_data(b"POST / HTTP/1.1\r\n%b\r\n" % head)
    later.muted = False
    return parser


class _Later:
    """A protocol that hears of heads only once it is no longer muted."""

    def __init__(self, protocol: HttpToolsProtocol) -> None:
        self.muted = True
        self.on_body = protocol.on_body
        self.on_message_complete = protocol.on_message_complete
        for name in _OF_HEADS:
            setattr(self, name, self._unless_muted(getattr(protocol, name)))

    def _unless_muted(self, call: Callable[..., None]) -> Callable[..., None]:
        def passed_on(*args: object) -> None:
            if not self.muted:
                call(*args)

        return passed_on
