"""The head of a request: what the gateway itself wants to know of it, and what passes as it came."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from starlette.types import Scope

from gateway.hop_by_hop import HOP_BY_HOP, USUAL, named_by
from gateway.routing import is_odd, leaves_its_service
from gateway.wire.heads import Header
from shared.errors import ProblemError

_REPLACED = frozenset({b"expect", b"x-consumer", b"x-request-id"})
_NOT_FOR_CLIENTS = frozenset(
    {
        # Where a request came from: services may believe it, so that it has to be the gateway's word.
        b"cf-connecting-ip",
        b"client-ip",
        b"fastly-client-ip",
        b"forwarded",
        b"true-client-ip",
        b"x-client-ip",
        b"x-cluster-client-ip",
        b"x-real-ip",
        # Another path or method than the one that was checked against routes and scopes.
        b"x-http-method",
        b"x-http-method-override",
        b"x-method-override",
        b"x-original-uri",
        b"x-original-url",
        b"x-rewrite-url",
        # CGI makes HTTP_PROXY of it, by which programs choose their proxy.
        b"proxy",
    }
)
_FORWARDED: Final = b"x-forwarded"
_KEPT = {b"authorization": "authorizations", b"x-api-key": "api_keys", b"cookie": "cookies", b"host": "hosts"}
_NOTED = HOP_BY_HOP | _REPLACED | _NOT_FOR_CLIENTS | _KEPT.keys() | {b"content-length", b"idempotency-key"}
_HOST: Final = re.compile(rb"(?:[A-Za-z0-9._~-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?")
_UNKNOWN_METHODS: Final = frozenset(
    # TRACE would show what the gateway adds; the others are of protocols that the parser reads as well.
    {
        *("TRACE", "SOURCE", "ANNOUNCE", "DESCRIBE", "FLUSH", "GET_PARAMETER", "PAUSE", "PLAY"),
        *("RECORD", "REDIRECT", "SET_PARAMETER", "SETUP", "TEARDOWN"),
    }
)


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
    """Read a request's headers; raises ProblemError for what is against HTTP or that the gateway cannot pass."""
    _check(scope)
    head = Head()
    named: list[bytes] = []
    for header in scope["headers"]:
        name, value = header
        if name not in _NOTED:
            if _passes(name):
                head.passed.append(header)
        elif name == b"connection":
            named += named_by(value)
        else:
            _note(head, header)
    _check_host(head, scope["http_version"])
    if b"upgrade" not in named or scope["method"] != "GET":
        head.upgrade = b""
    if not USUAL.issuperset(named):
        _drop(head, frozenset(named))
    return head


def _check(scope: Scope) -> None:
    if scope["method"] in _UNKNOWN_METHODS:
        raise ProblemError(501, f"The gateway does not know {scope['method']}.")
    path = scope["raw_path"]
    if is_odd(path) and leaves_its_service(path):
        raise ProblemError(400, "The path leads out of the service: send it without `..`.")


def _check_host(head: Head, version: str) -> None:
    if len(head.hosts) > 1 or (not head.hosts and version == "1.1"):
        raise ProblemError(400, "The request must have one Host header.")
    if head.hosts and not _is_host(head.hosts[0]):
        raise ProblemError(400, "The Host header must be a name or an address, and a port perhaps.")


@lru_cache(maxsize=1024)
def _passes(name: bytes) -> bool:
    """Tell whether a header would be taken for none of the gateway's own; there are servers that read `_` as `-`."""
    return not (name.startswith(_FORWARDED) or (b"_" in name and _is_owned(name.replace(b"_", b"-"))))


def _is_owned(name: bytes) -> bool:
    return name in _NOTED or name.startswith(_FORWARDED)


@lru_cache(maxsize=1024)
def _is_host(value: bytes) -> bool:
    return _HOST.fullmatch(value) is not None


def _drop(head: Head, names: frozenset[bytes]) -> None:
    head.passed = [header for header in head.passed if header[0] not in names]
    head.has_idempotency_key = head.has_idempotency_key and b"idempotency-key" not in names


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
