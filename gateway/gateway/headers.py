"""Which headers pass: everything end to end, nothing hop by hop (RFC 9110, section 7.6.1)."""

from collections.abc import Iterable, Mapping

from multidict import CIMultiDict
from starlette.types import Scope

from shared.errors import ProblemError

RawHeaders = Iterable[tuple[bytes, bytes]]

HOP_BY_HOP = frozenset(
    {
        b"connection",
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
_REPLACED = frozenset({b"expect", b"x-forwarded-host", b"x-forwarded-prefix", b"x-forwarded-proto", b"x-request-id"})
_BODYLESS = frozenset({204, 304})
_TRACE = frozenset({b"traceparent", b"tracestate"})


def end_to_end(headers: RawHeaders) -> list[tuple[bytes, bytes]]:
    """Return `headers`, in order and with repetitions, without those that concern one connection only.

    Names come out in lower case, as ASGI wants them.
    """
    lowered = [(name.lower(), value) for name, value in headers]
    dropped = HOP_BY_HOP
    for name, value in lowered:
        if name == b"connection":
            dropped = dropped | {token.strip().lower() for token in value.split(b",")}
    return [header for header in lowered if header[0] not in dropped]


def upstream_headers(scope: Scope, prefix: str, trace: Mapping[str, str]) -> CIMultiDict[str]:
    """Return what the upstream gets: the client's end-to-end headers, where it came from, id and trace.

    `trace` holds the gateway's own trace context, or nothing when it does not trace; then the client's passes.
    Raises ProblemError for a header that cannot be passed on as it is.
    """
    passed: CIMultiDict[str] = CIMultiDict()
    replaced = _REPLACED | _TRACE if trace else _REPLACED
    forwarded_for, host = [], ""
    for name, value in end_to_end(scope["headers"]):
        if name == b"x-forwarded-for":
            forwarded_for.append(_text(name, value))
        elif name == b"host":
            host = _text(name, value)
        elif name not in replaced:
            passed.add(str(name, "ascii"), _text(name, value))
    if scope["peer"]:
        forwarded_for.append(scope["peer"][0])
    passed["X-Forwarded-For"] = ", ".join(forwarded_for)
    passed["X-Forwarded-Host"] = host
    passed["X-Forwarded-Prefix"] = prefix
    passed["X-Forwarded-Proto"] = scope["scheme"]
    passed["X-Request-ID"] = scope["state"]["request_id"]
    passed.extend(trace)
    return passed


def answer_headers(headers: RawHeaders, status: int, base_url: bytes, prefix: bytes) -> list[tuple[bytes, bytes]]:
    """Return what the client gets: the upstream's end-to-end headers, its own address replaced by the gateway's."""
    passed = end_to_end(headers)
    if status in _BODYLESS:
        # It tells the length of a body that is not there, which the server takes for an answer cut short.
        passed = [header for header in passed if header[0] != b"content-length"]
    return [(name, _outside(value, base_url, prefix) if name == b"location" else value) for name, value in passed]


def _outside(location: bytes, base_url: bytes, prefix: bytes) -> bytes:
    return prefix + location[len(base_url) :] if location.startswith(base_url + b"/") else location


def _text(name: bytes, value: bytes) -> str:
    try:
        return str(value, "utf-8")
    except UnicodeDecodeError:
        raise ProblemError(400, f"The header {str(name, 'ascii')} is not UTF-8.") from None
