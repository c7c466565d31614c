"""Which headers pass: everything end to end, nothing hop by hop (RFC 9110, section 7.6.1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from starlette.types import Scope

from shared.errors import ProblemError

Header = tuple[bytes, bytes]

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
    {
        b"expect",
        b"x-consumer",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-prefix",
        b"x-forwarded-proto",
        b"x-request-id",
    }
)
_KEPT = {b"authorization": "authorizations", b"x-api-key": "api_keys", b"cookie": "cookies", b"host": "hosts"}
_NOTED = HOP_BY_HOP | _REPLACED | _KEPT.keys() | {b"content-length", b"idempotency-key"}
_NAMEABLE = frozenset({b"", b"close", b"keep-alive", b"upgrade"})
_BODYLESS = frozenset({204, 304})
_TRACE = frozenset({b"traceparent", b"tracestate"})


@dataclass(slots=True)
class Head:
    """The head of a request: what passes as it is, and what the gateway itself wants to know.

    `hosts`, `authorizations`, `api_keys` and `cookies` have a value for each time that the header was sent.
    """

    passed: list[Header] = field(default_factory=list)
    hosts: list[bytes] = field(default_factory=list)
    has_body: bool = False
    content_length: int | None = None
    upgrade: bytes = b""
    has_idempotency_key: bool = False
    authorizations: list[bytes] = field(default_factory=list)
    api_keys: list[bytes] = field(default_factory=list)
    cookies: list[bytes] = field(default_factory=list)


def read_head(scope: Scope) -> Head:
    """Read a request's headers; raises ProblemError for those that are against HTTP or that the gateway cannot pass."""
    head = Head()
    named: list[bytes] = []
    for header in scope["headers"]:
        name, value = header
        if name not in _NOTED:
            head.passed.append(header)
        elif name == b"connection":
            named += [token.strip().lower() for token in value.split(b",")]
        else:
            _note(head, header)
    if len(head.hosts) > 1 or (not head.hosts and scope["http_version"] == "1.1"):
        raise ProblemError(400, "The request must have one Host header.")
    if b"upgrade" not in named:
        head.upgrade = b""
    if not _NAMEABLE.issuperset(named):
        gone = frozenset(named)
        head.passed = [header for header in head.passed if header[0] not in gone]
    return head


def _note(head: Head, header: Header) -> None:
    name, value = header
    if name == b"transfer-encoding":
        if value.strip().lower() != b"chunked":
            raise ProblemError(501, "Of transfer encodings the gateway knows only chunked.")
        head.has_body = True
    elif name == b"content-length":
        head.has_body = True
        head.content_length = int(value)
    elif name == b"upgrade":
        head.upgrade = value.lower()
    elif name == b"idempotency-key":
        head.has_idempotency_key = True
        head.passed.append(header)
    elif name in _KEPT:
        getattr(head, _KEPT[name]).append(value)


def upstream_headers(head: Head, scope: Scope, prefix: bytes, consumer: str, trace: Mapping[str, str]) -> list[Header]:
    """Return what a service gets, but for its Host: the client's headers, who and where it is, the id, the trace.

    `trace` holds the gateway's own trace context, or nothing when it does not trace; then the client's passes.
    """
    passed = [header for header in head.passed if header[0] not in _TRACE] if trace else head.passed.copy()
    peer, client = scope["peer"], scope["client"]
    if peer:
        # Of addresses that were sent only those count that a trusted proxy vouches for: the last of them is `client`.
        passed.append((b"x-forwarded-for", (peer[0] if client == peer else f"{client[0]}, {peer[0]}").encode()))
    passed += [
        (b"x-forwarded-host", head.hosts[0] if head.hosts else b""),
        (b"x-forwarded-prefix", prefix),
        (b"x-forwarded-proto", scope["scheme"].encode()),
        (b"x-request-id", scope["state"]["request_id"].encode()),
        (b"x-consumer", consumer.encode()),
    ]
    passed += [(b"authorization", value) for value in head.authorizations]
    passed += [(b"x-api-key", value) for value in head.api_keys]
    passed += [(b"cookie", value) for value in head.cookies]
    if head.content_length is not None:
        passed.append((b"content-length", b"%d" % head.content_length))
    passed += [(name.encode(), value.encode()) for name, value in trace.items()]
    return passed


def end_to_end(headers: Iterable[Header]) -> list[Header]:
    """Return `headers`, in order and with repetitions, without those that concern one connection only.

    Names come out in lower case, as ASGI wants them.
    """
    lowered = [(name.lower(), value) for name, value in headers]
    dropped = HOP_BY_HOP
    for name, value in lowered:
        if name == b"connection":
            dropped = dropped | {token.strip().lower() for token in value.split(b",")}
    return [header for header in lowered if header[0] not in dropped]


def answer_headers(headers: Iterable[Header], status: int, base_url: bytes, prefix: bytes) -> list[Header]:
    """Return what the client gets: the upstream's end-to-end headers, its own address replaced by the gateway's."""
    passed = end_to_end(headers)
    if status in _BODYLESS:
        # It tells the length of a body that is not there, which the server takes for an answer cut short.
        passed = [header for header in passed if header[0] != b"content-length"]
    return [(name, _outside(value, base_url, prefix) if name == b"location" else value) for name, value in passed]


def _outside(location: bytes, base_url: bytes, prefix: bytes) -> bytes:
    return prefix + location[len(base_url) :] if location.startswith(base_url + b"/") else location
