"""Finds out who sent a request: by an API key, a token, or the cookie of a browser that has signed in."""

import time
from collections.abc import Callable, Iterable
from typing import Final

from starlette.types import Scope

from gateway.consumer import ANONYMOUS, Consumer
from gateway.keys.lookup import Keys
from gateway.keys.text import PREFIX
from gateway.limiting.wrong_credentials import WrongCredentials
from gateway.request_head import Head
from gateway.sessions.cookies import is_https, without_session
from gateway.sessions.own_hosts import OwnHosts
from gateway.sessions.same_origin import require_same_origin
from gateway.sessions.sessions import Sessions
from gateway.tokens.verifier import Verifier
from shared.errors import ProblemError

_BEARER: Final = b"bearer "
_KEY: Final = PREFIX.encode()


class Identity:
    """Takes the credential out of a request's head, so that no service sees it, and says whose it is.

    A service's own credentials pass: they do not look like the gateway's.
    """

    def __init__(
        self,
        keys: Callable[[], Keys] | None,
        verifier: Verifier | None,
        sessions: Sessions | None,
        wrong_credentials: WrongCredentials,
        own_hosts: OwnHosts | None = None,
    ) -> None:
        """Take `own_hosts` where requests may come under some names alone."""
        self._keys = keys
        self._verifier = verifier
        self._sessions = sessions
        self._wrong_credentials = wrong_credentials
        self._own_hosts = own_hosts

    def check_name(self, hosts: Iterable[bytes]) -> None:
        """Raise ProblemError, 421, where a `Host` header has a name under which the gateway may not be asked."""
        if self._own_hosts:
            self._own_hosts.check(hosts)

    async def of(self, head: Head, scope: Scope) -> Consumer:
        """Return who sent the request, ANONYMOUS where it shows no credential of the gateway's; raises ProblemError."""
        self.check_name(head.hosts)
        key, token = self._take(head)
        cookies, head.cookies = head.cookies, self._without_session(head.cookies)
        if key is None and token is None:
            return self._signed_in(cookies, scope) if cookies else ANONYMOUS
        address = scope["client"][0] if scope["client"] else None
        if key is not None:
            return self._by_key(str(key, "latin-1"), address)
        assert token is not None
        return await self._by_token(str(token, "latin-1"), address)

    def _by_key(self, text: str, address: str | None) -> Consumer:
        assert self._keys
        try:
            return self._keys().find(text, time.time())
        except ProblemError:
            self._wrong_credentials.check(address)
            self._wrong_credentials.count(address)
            raise

    async def _by_token(self, text: str, address: str | None) -> Consumer:
        assert self._verifier
        now = time.time()
        if known := self._verifier.remembered(text, now):
            return known
        self._wrong_credentials.check(address)
        try:
            return await self._verifier.verify(text, now)
        except ProblemError as error:
            if error.status == 401:
                self._wrong_credentials.count(address)
            raise

    def _take(self, head: Head) -> tuple[bytes | None, bytes | None]:
        """Return the API key and the token in `head`, of which there is one at most, and take it out."""
        if not head.api_keys and not head.authorizations:
            return None, None
        keys, tokens = [], []
        if self._keys:
            keys = [value for value in head.api_keys if value.startswith(_KEY)]
            keys += [key for value in head.authorizations if (key := _borne(value)).startswith(_KEY)]
            head.api_keys = [value for value in head.api_keys if value not in keys]
        if self._verifier:
            tokens = [token for value in head.authorizations if (token := _borne(value)).count(b".") == 2]
        taken = {*keys, *tokens}
        head.authorizations = [value for value in head.authorizations if _borne(value) not in taken]
        if len(keys) + len(tokens) > 1:
            raise ProblemError(400, "Send one credential, not several.")
        return (keys[0] if keys else None), (tokens[0] if tokens else None)

    def _without_session(self, cookies: list[bytes]) -> list[bytes]:
        if not cookies or not self._sessions:
            return cookies
        return [kept for cookie in cookies if (kept := without_session(cookie))]

    def _signed_in(self, cookies: list[bytes], scope: Scope) -> Consumer:
        consumer = None
        if self._sessions:
            consumer = self._sessions.consumer(b"; ".join(cookies), https=is_https(scope))
        if consumer is None:
            return ANONYMOUS
        require_same_origin(scope)
        return consumer


def _borne(authorization: bytes) -> bytes:
    """Return what stands behind `Bearer` and its spaces, nothing for another scheme."""
    return authorization[7:].strip() if authorization[:7].lower() == _BEARER else b""
