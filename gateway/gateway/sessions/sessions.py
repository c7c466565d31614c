"""Who is signed in: begins sessions, and finds the one of a request."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cachetools import LRUCache

from gateway.consumer import Consumer
from gateway.sessions.cookies import NAME, SECURE_NAME, cookie_name, find_cookie, set_cookie
from gateway.sessions.signed import SessionSigner

MAX_REMEMBERED: Final = 10_000
MAX_HOURS: Final = 24 * 30


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in, and until when, in seconds since 1970: the end of the session or of the key it began with."""

    consumer: Consumer
    expires_at: float


class Sessions:
    """Sessions live in the browsers' cookies alone, so all gateways with the same secret know them.

    `find_key` returns whose an API key is, or raises ProblemError; `still_valid` returns whose the credential with
    this id is as long as it is valid. It is asked at each request: a revoked key ends its sessions at once. `ends_at`
    returns when it ends by itself, in seconds since 1970. Signing out takes the cookie from the browser; a copy of it
    that somebody made before ends with the key, or after `hours`. A cookie counts only over the scheme that it is for.
    Raises ValueError for a short secret and for hours that are no life of a session.
    """

    def __init__(
        self,
        secret: bytes,
        hours: float,
        find_key: Callable[[str], Consumer],
        still_valid: Callable[[str], Consumer | None],
        ends_at: Callable[[str], float],
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not 0 < hours <= MAX_HOURS:
            raise ValueError(f"A session cannot last {hours:g} hours: more than 0, at most {MAX_HOURS}.")
        self._seconds = max(1, round(hours * 3600))
        self._find_key = find_key
        self._still_valid = still_valid
        self._ends_at = ends_at
        self._clock = clock
        self._signers = {name: SessionSigner(secret, name, clock) for name in (NAME, SECURE_NAME)}
        self._remembered: LRUCache[tuple[str, bytes], tuple[str, float]] = LRUCache(MAX_REMEMBERED)

    def begin(self, key: str, *, https: bool) -> tuple[Session, str]:
        """Return the session of whoever has the API key, and the `Set-Cookie` header for it; raises ProblemError."""
        consumer = self._find_key(key)
        value = self._signers[cookie_name(https=https)].sign(consumer.credential)
        session = self._session(consumer, int(self._clock()) + self._seconds)
        return session, set_cookie(value, seconds=self._seconds, https=https)

    def end(self, *, https: bool) -> str:
        """Return the `Set-Cookie` header that takes the cookie from the browser."""
        return set_cookie("", seconds=0, https=https)

    def find(self, cookie_header: bytes, *, https: bool) -> Session | None:
        """Return the session that a `Cookie` header has, if it has one that is still valid."""
        signed = self._signed(cookie_header, https)
        consumer = self._still_valid(signed[0]) if signed else None
        return self._session(consumer, signed[1]) if signed and consumer else None

    def consumer(self, cookie_header: bytes, *, https: bool) -> Consumer | None:
        """Return who is signed in by a `Cookie` header."""
        signed = self._signed(cookie_header, https)
        return self._still_valid(signed[0]) if signed else None

    def _session(self, consumer: Consumer, expires_at: float) -> Session:
        return Session(consumer, min(expires_at, self._ends_at(consumer.credential)))

    def _signed(self, cookie_header: bytes, https: bool) -> tuple[str, float] | None:
        """Return the credential's id and when the session expires, while it has not."""
        cookie = find_cookie(cookie_header, https=https)
        if cookie is None:
            return None
        signed = self._remembered.get(cookie) or self._read(cookie)
        return signed if signed and self._clock() < signed[1] else None

    def _read(self, cookie: tuple[str, bytes]) -> tuple[str, float] | None:
        name, value = cookie
        read = self._signers[name].read(value)
        if read is None:
            return None
        credential, begun = read
        self._remembered[cookie] = signed = credential, begun + self._seconds
        return signed
