"""Who asks, and what they may do."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_SCOPE = re.compile(r"(\*|[a-z][a-z0-9-]{0,62}):(\*|read|write|[a-z]{3,16})")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,127}")


class Scopes:
    """What somebody may do: `service:verb`; verbs are `read` (GET, HEAD, OPTIONS), `write` (others), a method, `*`."""

    def __init__(self, scopes: Iterable[str]) -> None:
        """Raise ValueError for what is no scope."""
        self.texts = tuple(dict.fromkeys(scopes))
        for text in self.texts:
            if not _SCOPE.fullmatch(text):
                raise ValueError(f"{text!r} is no scope: write service:verb, as catalog:read, vision:post or *:*.")
        self._known = frozenset(self.texts)

    def allow(self, service: str, method: str) -> bool:
        """Tell whether they cover a request with `method`, in capitals, to `service`."""
        verbs = ("read" if method in SAFE_METHODS else "write", method.lower(), "*")
        return any(f"{name}:{verb}" in self._known for name in (service, "*") for verb in verbs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scopes) and self._known == other._known

    def __hash__(self) -> int:
        return hash(self._known)

    @classmethod
    def from_claim(cls, texts: Iterable[str]) -> Self:
        """Return those of `texts` that are scopes of the fleet; an issuer of tokens may know others too."""
        return cls(text for text in texts if _SCOPE.fullmatch(text))


@dataclass(frozen=True, slots=True)
class Consumer:
    """Whom a valid credential belongs to; `credential` names the one that was shown, for the log, and is no secret."""

    name: str
    credential: str
    scopes: Scopes


ANONYMOUS = Consumer("anonymous", "anonymous", Scopes(()))
"""Whoever shows no credential, where none is needed."""


def is_consumer_name(name: str) -> bool:
    """Tell whether `name` can be a consumer's, which goes into headers, logs and metrics."""
    return bool(_NAME.fullmatch(name))
