"""The headers that a service and its client get: everything end to end, nothing hop by hop."""

from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from typing import Final

from starlette.types import Scope

from gateway.hop_by_hop import HOP_BY_HOP, USUAL, named_by
from gateway.request_head import Head
from gateway.tracing import TRACE_HEADERS
from gateway.wire.heads import Header

_BODYLESS: Final = frozenset({204, 304})


def upstream_headers(head: Head, scope: Scope, prefix: bytes, consumer: str, trace: Mapping[str, str]) -> list[Header]:
    """Return what a service gets, but for its Host: the client's headers, who and where it is, the id, the trace.

    `trace` holds the gateway's own trace context, or nothing when it does not trace; then the client's passes.
    """
    passed = [header for header in head.passed if header[0] not in TRACE_HEADERS] if trace else head.passed.copy()
    passed += _forwarded_for(scope)
    if head.hosts:
        passed.append((b"x-forwarded-host", head.hosts[0]))
    passed += [
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


def _forwarded_for(scope: Scope) -> list[Header]:
    """Return the addresses that count: the peer's, and before it the one that it vouches for if it is trusted."""
    peer, client = scope["peer"], scope["client"]
    if not peer:
        return []
    vouched = f"{client[0]}, " if client != peer and _is_address(client[0]) else ""
    return [(b"x-forwarded-for", f"{vouched}{peer[0]}".encode())]


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def end_to_end(headers: Iterable[Header]) -> list[Header]:
    """Return `headers`, in order and with repetitions, without those that concern one connection only.

    Names come out in lower case, as ASGI wants them.
    """
    passed: list[Header] = []
    named: list[bytes] = []
    for name, value in headers:
        lowered = name.lower()
        if lowered == b"connection":
            named += named_by(value)
        elif lowered not in HOP_BY_HOP:
            passed.append((lowered, value))
    return passed if USUAL.issuperset(named) else [header for header in passed if header[0] not in named]


def answer_headers(headers: Iterable[Header], status: int, base_url: bytes, prefix: bytes) -> list[Header]:
    """Return what the client gets: the upstream's end-to-end headers, its own address replaced by the gateway's."""
    passed = end_to_end(headers)
    if status in _BODYLESS:
        # It tells the length of a body that is not there, which the server takes for an answer cut short.
        passed = [header for header in passed if header[0] != b"content-length"]
    return [(name, _outside(value, base_url, prefix) if name == b"location" else value) for name, value in passed]


def _outside(location: bytes, base_url: bytes, prefix: bytes) -> bytes:
    return prefix + location[len(base_url) :] if location.startswith(base_url + b"/") else location
