"""The head of a request as bytes, framed by exactly one of Content-Length and Transfer-Encoding (RFC 9112, 6.3)."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from gateway.wire.errors import UnsendableError

Header = tuple[bytes, bytes]
RequestBody = bytes | AsyncIterator[bytes] | None
_FRAMING: Final = frozenset({b"content-length", b"transfer-encoding"})


def request_head(
    method: bytes, target: bytes, headers: Sequence[Header], body: RequestBody
) -> tuple[bytes, int | None]:
    """Return the head up to and with its empty line, and the length of the body; None for one sent in chunks.

    A Content-Length among `headers` holds; without one it is added for bytes, and an iterator goes in chunks.
    Raises UnsendableError for what would be read as another request than the one that is meant.
    """
    lines = [b"%b %b HTTP/1.1" % (method, target), *map(b": ".join, headers)]
    length: int | None
    if not _FRAMING.isdisjoint({name.lower() for name, _ in headers}):
        length = _declared_length(headers, body)
    elif body is None:
        length = 0
    elif isinstance(body, bytes):
        length = len(body)
        lines.append(b"content-length: %d" % length)
    else:
        length = None
        lines.append(b"transfer-encoding: chunked")
    lines += (b"", b"")
    head = b"\r\n".join(lines)
    if len(head) - len(head.translate(None, b"\r\n\0")) != 2 * (len(lines) - 1):
        raise UnsendableError("A name or a value in the request's head has a line break or a NUL in it.")
    if b" " in target or b" " in method:
        raise UnsendableError("The method or the target of the request has a space in it.")
    return head, length


def _declared_length(headers: Sequence[Header], body: RequestBody) -> int:
    framing = [(name.lower(), value) for name, value in headers if name.lower() in _FRAMING]
    name, value = framing[0]
    if len(framing) > 1 or name != b"content-length" or not value.strip(b" \t").isdigit():
        raise UnsendableError("A body is framed by one Content-Length, which is a number, or is left to be framed.")
    length = int(value)
    if (body is None or isinstance(body, bytes)) and length != len(body or b""):
        raise UnsendableError(f"Content-Length is {length}, but the body has {len(body or b''):,} bytes.")
    return length
