"""The mixed load: all services at the same time, each asked by some clients of its own that pause between requests."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from random import Random
from typing import Final, Protocol

import httpx2

from fleet.load.caller import Caller
from fleet.load.catalog import CatalogLoad
from fleet.load.crystal import CrystalLoad
from fleet.load.debugger import DebuggerLoad
from fleet.load.intent import IntentLoad
from fleet.load.ledger import Ledger, Promise, RefusedError, WrongAnswerError
from fleet.load.vision import VisionLoad

SERVICES: Final = ("catalog", "crystal", "vision", "intent", "debugger")
PATIENCE_SECONDS: Final = 300.0
"""Longer than the gateway waits for a silent service, so that it is the gateway who refuses."""

CHECKS_AT_A_TIME: Final = 4


class Kind(Protocol):
    """Sends one request and checks its answer; raises WrongAnswerError or RefusedError."""

    async def __call__(self) -> None: ...


class ServiceLoad(Protocol):
    """The requests of one service."""

    @property
    def service(self) -> str: ...

    @property
    def kinds(self) -> dict[str, Kind]: ...

    async def prepare(self) -> None: ...


class MixedLoad:
    """Clients of every service, and the ledger of what became of their requests."""

    def __init__(
        self, http: httpx2.AsyncClient, *, seed: str, services: Collection[str], retries: int, pause: float
    ) -> None:
        self.ledger = Ledger()
        self._pause = pause
        self._random = Random(seed)  # noqa: S311 no secret
        self._stopping = asyncio.Event()
        self._clients: list[asyncio.Task[None]] = []
        caller = Caller(http, self.ledger, retries)
        self.debugger = DebuggerLoad(caller, self._random)
        loads: tuple[ServiceLoad, ...] = (
            CatalogLoad(caller, self._random),
            CrystalLoad(caller, self._random),
            VisionLoad(caller, self._random),
            IntentLoad(caller, self._random),
            self.debugger,
        )
        self._loads = [load for load in loads if load.service in services]

    async def prepare(self) -> None:
        """Make what the load needs, and learn what is right; raises what its requests raise."""
        for load in self._loads:
            await load.prepare()

    def start(self, clients: int) -> None:
        """Let so many clients ask each of the services until `settle`."""
        self._clients += [asyncio.create_task(self._drive(load)) for load in self._loads * clients]

    async def settle(self) -> None:
        """Let the clients finish what they do and stop."""
        self._stopping.set()
        await asyncio.gather(*self._clients)

    async def abandon(self) -> None:
        """Stop the clients in the middle of what they do."""
        for client in self._clients:
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)

    async def _drive(self, load: ServiceLoad) -> None:
        names = sorted(load.kinds)
        while not self._stopping.is_set():
            name = self._random.choice(names)
            await self.ledger.enter(f"{load.service}.{name}", load.kinds[name])
            await asyncio.sleep(self._pause * self._random.uniform(0.5, 1.5))

    async def lost(self) -> list[str]:
        """Return what was acknowledged and is not there, or is not as it was acknowledged."""
        turn = asyncio.Semaphore(CHECKS_AT_A_TIME)
        found = await asyncio.gather(*(_complaint(promise, turn) for promise in self.ledger.promises))
        return [complaint for complaint in found if complaint is not None]

    def promised(self) -> Counter[str]:
        """Return how many things of each sort were acknowledged."""
        return Counter(promise.what.partition(" ")[0] for promise in self.ledger.promises)


async def _complaint(promise: Promise, turn: asyncio.Semaphore) -> str | None:
    async with turn:
        try:
            await promise.check()
        except (WrongAnswerError, RefusedError) as error:
            return f"{promise.what}: {error}"
    return None


@asynccontextmanager
async def mixed_load(
    url: str,
    *,
    seed: str,
    clients: int = 2,
    pause: float = 0.2,
    retries: int = 0,
    services: Collection[str] = SERVICES,
) -> AsyncIterator[MixedLoad]:
    """Keep a load on the fleet whose gateway is at `url` until it is told to settle or the context ends.

    Each service has so many clients, each of which pauses `pause` seconds on average between two requests.
    """
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=2 * clients * len(SERVICES))
    async with httpx2.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS, limits=limits) as http:
        load = MixedLoad(http, seed=seed, services=services, retries=retries, pause=pause)
        await load.prepare()
        load.start(clients)
        try:
            yield load
        finally:
            await load.abandon()
