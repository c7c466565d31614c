"""Headers that concern one connection alone (RFC 9110, section 7.6.1)."""

from typing import Final

HOP_BY_HOP: Final = frozenset(
    {
        b"connection",
        b"http2-settings",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
USUAL: Final = frozenset({b"", b"close", b"keep-alive", b"upgrade"})
"""What `Connection` names without taking another header away."""


def named_by(connection: bytes) -> list[bytes]:
    """Return what the value of a `Connection` header names, in lower case."""
    return [token.strip().lower() for token in connection.split(b",")]
