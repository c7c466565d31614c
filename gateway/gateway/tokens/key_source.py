"""The issuer's keys as they are now: fetched at first need, kept, renewed in time, and kept on while it is down."""

import asyncio
import math
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Final

import aiohttp
import structlog
from jwt import PyJWK

from gateway.tokens.fetching import FetchError, fetch
from gateway.tokens.key_set import KeySet
from gateway.tokens.refusals import no_keys

RENEWED_AFTER: Final = 0.8
"""Of their lifetime keys are renewed, so that nobody waits for it."""

PAUSE_SECONDS: Final = 30
"""Between two fetches for the sake of unknown keys, whoever may send tokens, and after one that failed."""

_log = structlog.get_logger(source="tokens")


class KeySource:
    """One fetch at a time, which all who wait for it share; `clock` counts seconds and is never set back."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        algorithms: Sequence[str],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.version = 0
        """Of the keys; a token that was checked with others is to be checked anew."""
        self._session = session
        self._url = url
        self._algorithms = algorithms
        self._clock = clock
        self._keys: KeySet | None = None
        self._document = b""
        self._fetching: asyncio.Task[None] | None = None
        self._fetches = self._failures = 0
        self._renew_at = self._look_again_at = -math.inf

    async def find(self, kid: str | None, algorithm: str) -> PyJWK | None:
        """Return the key of a token; looks once more at the issuer for one that it does not know.

        Raises ProblemError (503) when no keys could ever be fetched.
        """
        fetches = self._fetches
        key = (await self._some()).find(kid, algorithm)
        if key is None and kid is not None and self._fetches == fetches and self._may_look_again():
            await self._fetched()
            key = (await self._some()).find(kid, algorithm)
        return key

    def keep_fresh(self) -> None:
        """Begin to renew keys that will soon be too old; costs nothing when they are not."""
        if self._clock() >= self._renew_at and self._keys is not None:
            self._start()

    async def close(self) -> None:
        """Stop fetching."""
        if self._fetching:
            self._fetching.cancel()
            await asyncio.wait([self._fetching])

    async def _some(self) -> KeySet:
        if self._keys is None and (self._fetching or self._clock() >= self._renew_at):
            await self._fetched()
        if self._keys is None:
            raise no_keys(max(1, math.ceil(self._renew_at - self._clock())))
        return self._keys

    def _may_look_again(self) -> bool:
        if self._fetching:
            return True
        now = self._clock()
        if now < self._look_again_at:
            return False
        self._look_again_at = now + PAUSE_SECONDS
        return True

    async def _fetched(self) -> None:
        # A client that hangs up is cancelled, and the fetch is not its own.
        await asyncio.shield(self._start())

    def _start(self) -> asyncio.Task[None]:
        if self._fetching is None:
            self._fetches += 1
            self._fetching = asyncio.create_task(self._fetch())
        return self._fetching

    async def _fetch(self) -> None:
        self._renew_at = self._clock() + PAUSE_SECONDS
        try:
            fetched = await fetch(self._session, self._url)
            self._take(fetched.body)
            self._renew_at = self._clock() + RENEWED_AFTER * fetched.lifetime
            self._failures = 0
        except (FetchError, ValueError) as error:
            self._fail(error)
        finally:
            self._fetching = None

    def _take(self, document: bytes) -> None:
        if document != self._document:
            self._keys = KeySet.parse(document, self._algorithms)
            self._document = document
            self.version += 1

    def _fail(self, error: Exception) -> None:
        # While there are no keys at all, as when issuer and gateway start together, it is asked again sooner.
        pause = min(2**self._failures, PAUSE_SECONDS) if self._keys is None else PAUSE_SECONDS
        self._failures = min(self._failures + 1, PAUSE_SECONDS)
        self._renew_at = self._clock() + pause
        kept = self._keys is not None
        _log.warning("keys cannot be fetched", url=self._url, error=str(error), kept=kept, again_in_seconds=pause)
