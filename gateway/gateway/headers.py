"""Which headers pass: everything end to end, nothing hop by hop (RFC 9110, section 7.6.1)."""

from collections.abc import Iterable, Mapping

from multidict import CIMultiDict
from starlette.types import Scope

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
_REPLACED = frozenset(
    {b"expect", b"host", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-prefix", b"x-forwarded-proto"}
)
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
    """
    passed: CIMultiDict[str] = CIMultiDict()
    replaced = _REPLACED | _TRACE if trace else _REPLACED
    forwarded_for, host = [], ""
    for name, value in end_to_end(scope["headers"]):
        if name == b"x-forwarded-for":
            forwarded_for.append(value.decode("latin-1"))
        elif name == b"host":
            host = value.decode("latin-1")
        elif name not in replaced and name != b"x-request-id":
            passed.add(name.decode("latin-1"), value.decode("latin-1"))
    client = scope.get("client")
    if client:
        forwarded_for.append(client[0])
    passed["X-Forwarded-For"] = ", ".join(forwarded_for)
    passed["X-Forwarded-Host"] = host
    passed["X-Forwarded-Prefix"] = prefix
    passed["X-Forwarded-Proto"] = scope["scheme"]
    passed["X-Request-ID"] = scope["state"]["request_id"]
    passed.extend(trace)
    return passed
