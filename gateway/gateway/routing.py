"""Which terms a request is on: those of the longest path that it begins with."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_to_bytes

from shared.errors import ProblemError

_ODD: Final = re.compile(rb"%|//|/\.|\\|;")
"""Without any of these a path is the same to everybody who reads it."""
_PARAMETERS: Final = re.compile(rb";[^/]*")
"""Of a segment; there are servers that cut them off before they look for `..`."""
MAX_ODD_BYTES: Final = 2048
"""Nobody has said yet who they are when the ways to read a path are looked at, which takes longer the longer it is."""
_AMBIGUOUS: Final = "The path can be read in several ways: send it as it is documented, without //, ., .. and encoding."


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
    """The requests that `route` is for: to `path` and what is below it, or below only where it ends in a slash.

    No `methods` are all.
    """

    path: bytes
    methods: frozenset[str]
    route: Route
    folder: bytes = field(init=False)
    """The path in small letters, with a slash at its end."""

    def __post_init__(self) -> None:
        """Derive the folder."""
        object.__setattr__(self, "folder", self.path.lower().rstrip(b"/") + b"/")


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
        a path that the gateway and a service could read as different routes, by which a rule could be got round, and
        for one that has more ways to read it than can be looked at.
        """
        service, slash, _ = raw_path[1:].partition(b"/")
        rules = self._rules.get(service)
        if not rules or not slash or not raw_path.startswith(b"/"):
            return None
        if len(rules) == 1:
            return rules[0].route
        route = _first(rules, raw_path, method)
        if is_odd(raw_path) and any(_first(rules, path, method) != route for path in readings(raw_path)):
            raise ProblemError(400, _AMBIGUOUS)
        return route


def _first(rules: Sequence[Rule], path: bytes, method: str) -> Route | None:
    """Return the first route that covers a request; raises ProblemError where one that says more might.

    Which it does for a service that takes small letters for capitals, or a path for the same with a slash at its end.
    """
    folded, nearest = path.lower() + b"/", b""
    for rule in rules:
        if folded.startswith(rule.folder) and (not rule.methods or method in rule.methods):
            if not path.startswith(rule.path):
                nearest = nearest or rule.folder
            elif len(nearest) > len(rule.folder):
                raise ProblemError(400, _AMBIGUOUS)
            else:
                return rule.route
    return None


def is_odd(raw_path: bytes) -> bool:
    """Tell whether a path is one that servers may read in different ways."""
    return _ODD.search(raw_path) is not None


@lru_cache(maxsize=16)
def readings(raw_path: bytes) -> frozenset[bytes]:
    """Return how servers may read a path; raises ProblemError for one of more than `MAX_ODD_BYTES`.

    They decode it or not, before or after they resolve `.` and `..`; some skip empty segments, read `\\` as `/`, or
    cut off what stands behind a `;`. A request asks for them twice.
    """
    if len(raw_path) > MAX_ODD_BYTES:
        limit = f"A path with //, \\, ;, encoding or a segment that begins with a dot can have {MAX_ODD_BYTES:,} bytes"
        raise ProblemError(400, f"{limit}; send a shorter one.")
    paths = {raw_path, unquote_to_bytes(raw_path)}
    paths |= {path.replace(b"\\", b"/") for path in paths}
    paths |= {_PARAMETERS.sub(b"", path) for path in paths}
    joined = {_joined(path, keeps_empty=keeps_empty) for path in paths for keeps_empty in (False, True)}
    return frozenset(paths | joined | {unquote_to_bytes(path) for path in joined})


def leaves_its_service(raw_path: bytes) -> bool:
    """Tell whether `..` of an odd path may lead out of the first segment, so out of what is below a service's URL."""
    folder = raw_path[: raw_path.find(b"/", 1) + 1]
    return not all(path.startswith(folder) for path in readings(raw_path))


def canonical(path: bytes) -> bytes:
    """Return a decoded path without empty, `.` and `..` segments, `\\` read as `/` (RFC 3986, section 5.2.4)."""
    return _joined(path.replace(b"\\", b"/"), keeps_empty=False)


def is_canonical(path: str) -> bool:
    """Tell whether `path` can be a rule's: it reads the same before and after decoding and joining."""
    raw = path.encode()
    return b"%" not in raw and canonical(raw) == raw


def _joined(path: bytes, *, keeps_empty: bool) -> bytes:
    kept: list[bytes] = []
    *folders, last = path.split(b"/")[1:]
    for segment in [*folders, last]:
        if segment == b"..":
            del kept[-1:]
        elif segment != b"." and (segment or keeps_empty):
            kept.append(segment)
    end = b"/" if kept and (last in (b".", b"..") or (not last and not keeps_empty)) else b""
    return b"/" + b"/".join(kept) + end
