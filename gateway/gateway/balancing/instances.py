"""One process that answers for a service, and what is known about it."""

from collections.abc import Callable
from typing import Final

from gateway.balancing.breaker import Breaker

EJECTION_SECONDS: Final = 1.0
"""How often an instance that refuses connections is tried with a request."""


def _tell_nobody() -> None:
    return


class Instance:
    """Where requests go, how many are there now (`load`), and three reasons to pass it over.

    They are its breaker (too many requests failed), `healthy` (what active checks say) and ejection (it refused a
    connection). Times are monotonic, in seconds; `came_back` is called when it is there again after it was out.
    """

    def __init__(
        self, url: str, weight: int, breaker: Breaker | None = None, came_back: Callable[[], None] = _tell_nobody
    ) -> None:
        self.url = url
        self.weight = weight
        self.breaker = breaker or Breaker()
        self.load = 0
        self.credit = 0
        self.healthy = True
        self.next_check = 0.0
        self._came_back = came_back
        self._failed_checks = 0
        self._failing_since: float | None = None
        self._refusing_since: float | None = None
        self._doubted_since: float | None = None
        self._ejected_until = 0.0

    def available(self, now: float) -> bool:
        """Tell whether a request may go there."""
        return self.healthy and now >= self._ejected_until and self.breaker.allows(now)

    def available_from(self, now: float) -> float:
        """Return when it may be available at the earliest."""
        checked = now if self.healthy else self.next_check
        return max(now, checked, self._ejected_until, self.breaker.allows_from(now))

    @property
    def out_since(self) -> float | None:
        """Since when it refuses connections, fails its checks, or is in doubt; None while there is none of these."""
        failing = None if self.healthy else self._failing_since
        signs = (failing, self._refusing_since, self._doubted_since)
        return min((since for since in signs if since is not None), default=None)

    def begin(self, now: float) -> int:
        """Count a request in; return the breaker's ticket. While connections are refused, the next has to wait."""
        self.load += 1
        if self._refusing_since is not None:
            self._ejected_until = now + EJECTION_SECONDS
        return self.breaker.begin(now)

    def refused(self, now: float) -> None:
        """Note that a connection could not be made."""
        if self._refusing_since is None:
            self._refusing_since = now if self._doubted_since is None else self._doubted_since
        self._doubted_since = None
        self._ejected_until = now + EJECTION_SECONDS

    def connected(self, began: float) -> None:
        """Note that a request that began at `began` reached it."""
        if self._refusing_since is not None and began >= self._refusing_since:
            self._stop_refusing()
            if self.healthy:
                self._came_back()

    def doubt(self, now: float) -> None:
        """Take it for gone until a check says something: many requests failed at once, which may be its end."""
        self._doubted_since = now

    def check_passed(self) -> bool:
        """Note that an active check passed; return whether it was away before."""
        was_out = self.out_since is not None
        was_away = not self.healthy or self._refusing_since is not None
        self.healthy = True
        self._failed_checks = 0
        self._failing_since = self._doubted_since = None
        self._stop_refusing()
        if was_away:
            # What the breaker counted was the end of the process that was there before.
            self.breaker.reset()
        if was_out:
            self._came_back()
        return was_away

    def check_failed(self, now: float, threshold: int) -> bool:
        """Note that an active check failed; return whether this is the failure in a row that makes it unhealthy."""
        self._failed_checks += 1
        if self._failing_since is None:
            self._failing_since = now
        turned = self.healthy and self._failed_checks >= threshold
        if turned:
            self.healthy = False
        return turned

    def _stop_refusing(self) -> None:
        self._refusing_since = None
        self._ejected_until = 0.0
