"""The head of a request as bytes, framed by exactly one of Content-Length and Transfer-Encoding (RFC 9112, 6.3)."""

from collections.abc import AsyncIterator, Sequence

from gateway.wire.errors import UnsendableError

Header = tuple[bytes, bytes]
RequestBody = bytes | AsyncIterator[bytes] | None


def request_head(
    method: bytes, target: bytes, headers: Sequence[Header], body: RequestBody
) -> tuple[bytes, int | None]:
    """Return the head up to and with its empty line, and the length of the body; None for one sent in chunks.

    A Content-Length among `headers` holds; without one it is added for bytes, and an iterator goes in chunks.
    Raises UnsendableError for what would be read as another request than the one that is meant.
    """
    lines = [b"%b %b HTTP/1.1" % (method, target), *[b"%b: %b" % header for header in headers]]
    head = b"\r\n".join(lines)
    if head.count(b"\n") != len(headers) or head.count(b"\r") != len(headers) or b"\0" in head:
        raise UnsendableError("A name or a value in the request's head has a line break or a NUL in it.")
    if b" " in target or b" " in method:
        raise UnsendableError("The method or the target of the request has a space in it.")
    length = _declared_length(head)
    if length is not None:
        if not isinstance(body, AsyncIterator) and length != len(body or b""):
            raise UnsendableError(f"Content-Length is {length}, but the body has {len(body or b''):,} bytes.")
        return head + b"\r\n\r\n", length
    if body is None:
        return head + b"\r\n\r\n", 0
    if isinstance(body, AsyncIterator):
        return head + b"\r\ntransfer-encoding: chunked\r\n\r\n", None
    return b"%b\r\ncontent-length: %d\r\n\r\n" % (head, len(body)), len(body)


def _declared_length(head: bytes) -> int | None:
    lowered = head.lower()
    if b"\ntransfer-encoding:" in lowered:
        raise UnsendableError("Transfer-Encoding is not for the caller to set.")
    at = lowered.find(b"\ncontent-length:")
    if at < 0:
        return None
    value, _, rest = lowered[at + 16 :].partition(b"\r")
    if not value.strip().isdigit() or b"\ncontent-length:" in rest:
        raise UnsendableError("Content-Length must be given once, as a number.")
    return int(value)
