"""An instance that mostly fails is left alone for a while, then tried with care."""

from enum import StrEnum
from typing import Final

from gateway.balancing.window import RollingCount

MAX_OPEN_SECONDS: Final = 30.0
_NOT_ALLOWED: Final = -1


class State(StrEnum):
    """Whether requests are let through: all, none, or a few to see how it goes."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Breaker:
    """A circuit breaker (Nygard, Release It!) that counts failures over a rolling window.

    It opens once at least `minimum` requests ended within `window_seconds` and `ratio` of them failed. After
    `open_seconds` it lets `trials` through at a time: one that succeeds closes it, one that fails opens it again for
    twice as long, up to MAX_OPEN_SECONDS. Times are monotonic, in seconds.
    """

    def __init__(
        self,
        *,
        minimum: int = 10,
        ratio: float = 0.5,
        window_seconds: float = 10.0,
        open_seconds: float = 5.0,
        trials: int = 1,
    ) -> None:
        self._minimum = minimum
        self._ratio = ratio
        self._open_seconds = self._open_for = open_seconds
        self._trials = trials
        self._results = RollingCount(window_seconds)
        self._failures = RollingCount(window_seconds)
        self._state = State.CLOSED
        self._until = 0.0
        self._running: dict[int, float] = {}
        self._first = self._last = 0

    def state(self, now: float) -> State:
        """Return the state at `now`."""
        return State.HALF_OPEN if self._state is State.OPEN and now >= self._until else self._state

    def allows(self, now: float) -> bool:
        """Tell whether a request may begin; changes nothing."""
        if self._state is State.CLOSED:
            return True
        if self._state is State.OPEN:
            return now >= self._until
        return len(self._running) < self._trials or self._next_expiry() <= now

    def allows_from(self, now: float) -> float:
        """Return the earliest time at which a request may begin, as far as it is known at `now`."""
        if self.allows(now):
            return now
        return self._until if self._state is State.OPEN else self._next_expiry()

    def begin(self, now: float) -> int:
        """Note that a request begins; return its ticket, which its result comes with.

        The result of a request that is not allowed, or that began before the last change of state, says nothing new
        and is ignored.
        """
        if self._state is State.CLOSED:
            return self._first
        if not self.allows(now):
            return _NOT_ALLOWED
        if self._state is State.OPEN:
            self._change(State.HALF_OPEN)
        # A trial whose result never comes must not keep the instance out for ever.
        self._running = {ticket: expiry for ticket, expiry in self._running.items() if expiry > now}
        self._last += 1
        self._running[self._last] = now + self._open_seconds
        return self._last

    def succeeded(self, now: float, ticket: int) -> None:
        """Note that the request of `ticket` was answered."""
        if ticket < self._first:
            return
        if self._state is State.CLOSED:
            self._results.add(now)
        else:
            self.reset()

    def failed(self, now: float, ticket: int, succeeded_at: float | None = None) -> bool:
        """Note that the request of `ticket` failed, by the instance's fault; return whether this opens the breaker.

        With `succeeded_at` this takes the place of the success that was noted then.
        """
        if ticket < self._first:
            return False
        if succeeded_at is not None:
            self._results.take_back(succeeded_at)
        if self._state is State.HALF_OPEN:
            self._open_for = min(2 * self._open_for, max(MAX_OPEN_SECONDS, self._open_seconds))
            return self._open(now)
        self._results.add(now)
        self._failures.add(now)
        results = self._results.total(now)
        if results < self._minimum or self._failures.total(now) < self._ratio * results:
            return False
        return self._open(now)

    def abandoned(self, ticket: int) -> None:
        """Note that the request of `ticket` ended without saying anything about the instance."""
        self._running.pop(ticket, None)

    def reset(self) -> None:
        """Close, and forget what was."""
        self._results.clear()
        self._failures.clear()
        self._open_for = self._open_seconds
        self._change(State.CLOSED)

    def _open(self, now: float) -> bool:
        self._until = now + self._open_for
        self._change(State.OPEN)
        return True

    def _change(self, state: State) -> None:
        self._state = state
        self._running = {}
        self._last += 1
        self._first = self._last

    def _next_expiry(self) -> float:
        return min(self._running.values())
