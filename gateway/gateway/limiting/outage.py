"""A store that may fail: who tries it, and what is said of it."""

from collections.abc import Callable
from time import monotonic
from typing import Final

import structlog

RETRY_SECONDS: Final = 1.0
_log = structlog.get_logger(source="limits")


class Outage:
    """Lets one request a second try a store that has failed; logs the beginning and the end, once each.

    `clock` is in seconds and never goes back.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._since: float | None = None
        self._next_try = 0.0

    @property
    def lasts(self) -> bool:
        """Tell whether the store has failed and nobody has reached it since."""
        return self._since is not None

    def begin_try(self) -> float | None:
        """Return when the caller's try began, or None where it is not to try."""
        now = self._clock()
        if self._since is not None:
            if now < self._next_try:
                return None
            self._next_try = now + RETRY_SECONDS
        return now

    def failed(self, error: Exception) -> None:
        """Note that a try came to nothing."""
        now = self._clock()
        self._next_try = now + RETRY_SECONDS
        if self._since is None:
            self._since = now
            _log.warning("the store of shared limits fails; this gateway counts by itself", error=repr(error))

    def succeeded(self, began: float) -> None:
        """End the outage, unless the try began before it: a late answer says nothing about now."""
        if self._since is not None and began > self._since:
            _log.info("the store of shared limits is back", outage_seconds=round(self._clock() - self._since, 1))
            self._since = None
