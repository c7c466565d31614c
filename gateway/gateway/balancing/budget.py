"""Retries help against single failures and make a general one worse: they may be a part of the requests only."""

from gateway.balancing.window import RollingCount


class RetryBudget:
    """Allows as many retries as `ratio` of the requests in the last `window_seconds`, and a minimum beside it.

    The idea is that of the retry budgets of Finagle and Linkerd; without the minimum, a service that is seldom asked
    would have none.
    """

    def __init__(self, ratio: float = 0.2, minimum_per_second: float = 3.0, window_seconds: float = 10.0) -> None:
        self._ratio = ratio
        self._minimum = minimum_per_second * window_seconds
        self._requests = RollingCount(window_seconds)
        self._retries = RollingCount(window_seconds)

    def requested(self, now: float) -> None:
        """Note a request, once however often it is tried; `now` is a monotonic time in seconds."""
        self._requests.add(now)

    def may_retry(self, now: float) -> bool:
        """Tell whether one more retry is within the budget; whoever makes it calls `spent`."""
        return self._retries.total(now) + 1 <= self._minimum + self._ratio * self._requests.total(now)

    def spent(self, now: float) -> None:
        """Note a retry."""
        self._retries.add(now)
