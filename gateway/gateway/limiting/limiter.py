"""The limits that hold for a request, whether or not their store can be reached."""

from typing import Self

from gateway.limiting.in_memory import MemoryWindows
from gateway.limiting.in_redis import RedisWindows
from gateway.limiting.outage import Outage
from gateway.limiting.policy import Policy
from gateway.limiting.taken import Taken


class Limiter:
    """Counts requests, in `shared` for all gateways where there is one, else in `memory`.

    What `shared` grants is also counted in `memory`, so that its outage gives nobody a fresh quota of this gateway.
    """

    def __init__(self, memory: MemoryWindows, shared: RedisWindows | None = None, outage: Outage | None = None) -> None:
        self._memory = memory
        self._shared = shared
        self._outage = outage or Outage()

    @classmethod
    def at(cls, url: str | None) -> Self:
        """Return a limiter that shares its counts at `url`, if any; raises ValueError for an unknown kind of URL."""
        return cls(MemoryWindows(), RedisWindows.at(url) if url else None)

    @property
    def degraded(self) -> bool:
        """Tell whether this gateway counts by itself because the shared store fails."""
        return self._outage.lasts

    async def take(self, policy: Policy, who: str) -> Taken:
        """Count a request of `who`; where a rate of `policy` is reached, count nothing and raise ProblemError 429."""
        taken = await self._take_shared(self._shared, policy, who) if self._shared else None
        if taken is None:
            taken = self._memory.take(policy, who)
        elif taken.granted:
            self._memory.take(policy, who)
        if not taken.granted:
            raise taken.refusal()
        return taken

    async def close(self) -> None:
        """Close the connections to the shared store."""
        if self._shared:
            await self._shared.close()

    async def _take_shared(self, shared: RedisWindows, policy: Policy, who: str) -> Taken | None:
        began = self._outage.begin_try()
        if began is None:
            return None
        try:
            taken = await shared.take(policy, who)
        except Exception as error:  # noqa: BLE001 whatever a store answers, the limits hold
            self._outage.failed(error)
            return None
        self._outage.succeeded(began)
        return taken
