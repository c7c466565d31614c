"""Counts of one process: a bounded number of clients per policy, those forgotten first that have not asked longest.

The memory storage of the `limits` library is not used: per request with three rates it takes 27 to 135 microseconds
where this takes under 5, each hit may start a thread or a task that walks over all keys (2.4 ms a request at 20,000
clients), and nothing bounds the number of keys.
"""

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic_ns
from typing import Final

from gateway.limiting.policy import MICROSECONDS, Policy, Rate
from gateway.limiting.sliding import COUNTERS, has_room, move_to, stand
from gateway.limiting.taken import Taken

MAX_CLIENTS: Final = 100_000
"""Per policy. Who brings more addresses than that has more than any limit by address can hold."""
_DROPPED_PER_REQUEST: Final = 2
"""More than the one that a request may add, so that clients who have gone are soon forgotten, and no request waits."""


def microseconds() -> int:
    """Return a time that never goes back."""
    return monotonic_ns() // 1000


class _Clients:
    """The counts of one policy's clients, those of the longest untouched first; after the counts, when that was."""

    __slots__ = ("by_who", "rates")

    def __init__(self, rates: tuple[Rate, ...]) -> None:
        self.rates = rates
        self.by_who: OrderedDict[str, list[int]] = OrderedDict()


class MemoryWindows:
    """Sliding windows for at most `max_clients` per policy; `clock` is in microseconds and never goes back."""

    def __init__(self, max_clients: int = MAX_CLIENTS, clock: Callable[[], int] = microseconds) -> None:
        self._max_clients = max_clients
        self._clock = clock
        self._by_policy: dict[str, _Clients] = {}

    def __len__(self) -> int:
        """Return how many clients are remembered, over all policies."""
        return sum(len(clients.by_who) for clients in self._by_policy.values())

    def take(self, policy: Policy, who: str) -> Taken:
        """Count a request of `who` by every rate of `policy`, or by none where one is reached."""
        now = self._clock()
        counts = self._touch(self._clients(policy), policy, who, now)
        move_to(counts, policy, now)
        granted = has_room(counts, policy, now)
        if granted:
            for place in range(1, len(counts) - 1, COUNTERS):
                counts[place] += 1
        return stand(counts, policy, now, granted=granted)

    def refused(self, policy: Policy, who: str) -> Taken | None:
        """Return where `who` stands if a request would be refused now, else None; counts nothing."""
        counts = self._clients(policy).by_who.get(who)
        if counts is None:
            return None
        now = self._clock()
        move_to(counts, policy, now)
        return None if has_room(counts, policy, now) else stand(counts, policy, now, granted=False)

    def _clients(self, policy: Policy) -> _Clients:
        clients = self._by_policy.get(policy.name)
        # A policy read anew keeps its counts unless its rates, and so the counts' meaning, have changed.
        if clients is None or (clients.rates is not policy.rates and clients.rates != policy.rates):
            clients = self._by_policy[policy.name] = _Clients(policy.rates)
        return clients

    def _touch(self, clients: _Clients, policy: Policy, who: str, now: int) -> list[int]:
        by_who = clients.by_who
        counts = by_who.get(who)
        if counts is None:
            counts = by_who[who] = [0] * (COUNTERS * len(policy.rates) + 1)
        else:
            by_who.move_to_end(who)
        counts[-1] = now
        self._drop_gone(by_who, now - 2 * policy.seconds * MICROSECONDS)
        return counts

    def _drop_gone(self, by_who: OrderedDict[str, list[int]], gone_since: int) -> None:
        for _ in range(_DROPPED_PER_REQUEST):
            longest_untouched = next(iter(by_who))
            if by_who[longest_untouched][-1] > gone_since and len(by_who) <= self._max_clients:
                return
            del by_who[longest_untouched]
