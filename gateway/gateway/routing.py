"""Which terms a request is on: those of the longest path that it begins with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

from shared.errors import ProblemError

_ODD: Final = (b"%", b"//", b"/.", b"\\")
"""Without any of these a path is the same to everybody who reads it."""


@dataclass(frozen=True, slots=True)
class Route:
    """How requests to a part of a service are treated; `name` tells it in metrics and logs.

    `limit` names the rates that hold, None for none; sizes are in bytes.
    """

    service: str
    name: str
    is_open: bool
    limit: str | None
    max_body_bytes: int
    connect_seconds: float
    read_seconds: float
    retries: int


@dataclass(frozen=True, slots=True)
class Rule:
    """The requests that `route` is for; no `methods` are all."""

    path: bytes
    methods: frozenset[str]
    route: Route

    def covers(self, path: bytes, method: str) -> bool:
        """Tell whether a request to `path` is one of them."""
        return path.startswith(self.path) and (not self.methods or method in self.methods)


class Table:
    """Every service's rules, the one that says most first; the last one is for all of the service."""

    def __init__(self, rules: Mapping[str, Sequence[Rule]]) -> None:
        self._rules = {
            service.encode(): tuple(sorted(its, key=lambda rule: (len(rule.path), len(rule.methods) > 0), reverse=True))
            for service, its in rules.items()
        }

    def find(self, raw_path: bytes, method: str) -> Route | None:
        """Return the route of a request, None where no service has the name that its path begins with.

        The first segment counts as it was sent: an encoded name or slash belongs to no service. Raises ProblemError for
        a path that the gateway and a service could read as different routes, by which a rule could be got round.
        """
        service, slash, _ = raw_path[1:].partition(b"/")
        rules = self._rules.get(service)
        if not rules or not slash:
            return None
        if len(rules) == 1:
            return rules[0].route
        route = _first(rules, raw_path, method)
        if any(odd in raw_path for odd in _ODD):
            decoded = unquote_to_bytes(raw_path)
            readings = {_first(rules, decoded, method), _first(rules, canonical(decoded), method), route}
            if len(readings) > 1:
                raise ProblemError(400, "The path can be read in several ways: send it without //, ., .. and encoding.")
        return route


def _first(rules: Sequence[Rule], path: bytes, method: str) -> Route | None:
    return next((rule.route for rule in rules if rule.covers(path, method)), None)


def canonical(path: bytes) -> bytes:
    """Return a decoded path without empty, `.` and `..` segments, `\\` read as `/` (RFC 3986, section 5.2.4)."""
    kept: list[bytes] = []
    segments = path.replace(b"\\", b"/").split(b"/")
    for segment in segments:
        if segment == b"..":
            kept = kept[:-1]
        elif segment not in (b"", b"."):
            kept.append(segment)
    end = b"/" if segments[-1] in (b"", b".", b"..") and kept else b""
    return b"/" + b"/".join(kept) + end


def is_canonical(path: str) -> bool:
    """Tell whether `path` can be a rule's: it reads the same before and after decoding and joining."""
    raw = path.encode()
    return b"%" not in raw and canonical(raw) == raw
