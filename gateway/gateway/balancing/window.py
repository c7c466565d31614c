"""How often something happened lately."""

from typing import Final

BUCKETS: Final = 10
"""The window moves on by a tenth of its length at a time."""


class RollingCount:
    """Counts over the last `seconds`, in buckets of which the oldest is forgotten as a new one begins."""

    __slots__ = ("_buckets", "_per_second", "_tick", "_total")

    def __init__(self, seconds: float) -> None:
        self._per_second = BUCKETS / seconds
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._buckets = [0] * BUCKETS
        self._tick = 0
        self._total = 0

    def add(self, now: float) -> None:
        """Count one at `now`, a monotonic time in seconds."""
        tick = int(now * self._per_second)
        if tick > self._tick:
            self._move(tick)
        self._buckets[self._tick % BUCKETS] += 1
        self._total += 1

    def take_back(self, then: float) -> None:
        """Forget one that was counted at `then`, if the window still has it."""
        tick = int(then * self._per_second)
        if self._tick - BUCKETS < tick <= self._tick and self._buckets[tick % BUCKETS]:
            self._buckets[tick % BUCKETS] -= 1
            self._total -= 1

    def total(self, now: float) -> int:
        """Return the count of the window that ends with `now`."""
        tick = int(now * self._per_second)
        if tick > self._tick:
            self._move(tick)
        return self._total

    def _move(self, tick: int) -> None:
        for passed in range(max(self._tick, tick - BUCKETS) + 1, tick + 1):
            self._total -= self._buckets[passed % BUCKETS]
            self._buckets[passed % BUCKETS] = 0
        self._tick = tick
