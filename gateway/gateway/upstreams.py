"""The services behind the gateway: their instances, the connections to these, and what watches over them."""

import asyncio
import ssl
from collections.abc import Collection, Coroutine, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from gateway.balancing.budget import RetryBudget
from gateway.balancing.checking import Probe, check_for_ever
from gateway.balancing.instances import Instance
from gateway.balancing.outage import Outage
from gateway.balancing.services import Service
from gateway.configuration import Configuration
from gateway.configuration import Service as Configured
from gateway.wire.connections import Connections

DRAIN_SECONDS: Final = 0.5
"""How often it is looked whether what is no longer configured has answered everything."""


@dataclass(frozen=True, slots=True)
class Address:
    """How an instance is reached: `host` is what it is called, `path` stands before each path, without a last slash."""

    name: str
    url: bytes
    host: bytes
    path: bytes
    connections: Connections


class Upstream:
    """One service; what is known of an instance outlives a change of the configuration."""

    def __init__(self, name: str, configured: Configured, probe: Probe) -> None:
        self.name = name
        self.prefix = f"/{name}".encode()
        self.service = Service(name, _weights(configured), configured.max_requests)
        self.outage = Outage(self.service, probe, wait_seconds=configured.wait_seconds)
        self.budget = RetryBudget()
        self._addresses: dict[Instance, Address] = {}
        self._finishing: set[asyncio.Task[None]] = set()

    def reconfigure(self, configured: Configured) -> None:
        """Take over a changed configuration; what an instance that is gone is still answering is finished."""
        before = self.service.instances
        self.service.reconfigure(_weights(configured), configured.max_requests)
        self.outage.wait_seconds = configured.wait_seconds
        for instance in set(before).difference(self.service.instances):
            _keep(self._finishing, self._finish(instance))

    def address(self, instance: Instance) -> Address:
        """Return how `instance` is reached."""
        address = self._addresses.get(instance)
        if address is None:
            address = self._addresses[instance] = _address(instance.url)
        return address

    def connections(self) -> Iterator[tuple[str, int, int]]:
        """Yield each instance's URL, and how many connections to it have a request under way and wait for one.

        From any thread: metrics are read in one of their own.
        """
        for address in list(self._addresses.values()):
            yield address.name, address.connections.busy, address.connections.idle

    async def close(self) -> None:
        """Close all connections."""
        await _cancel(self._finishing)
        await asyncio.gather(*(address.connections.close() for address in self._addresses.values()))

    async def _finish(self, instance: Instance) -> None:
        while instance.load:  # noqa: ASYNC110 an event would cost every request something
            await asyncio.sleep(DRAIN_SECONDS)
        if instance not in self.service.instances and (address := self._addresses.pop(instance, None)):
            await address.connections.close()


class Upstreams(Mapping[str, Upstream]):
    """All services by name, as the configuration has them now."""

    def __init__(self, probe: Probe, check_seconds: float) -> None:
        """Take `probe`, which tells whether an instance is ready; it is asked every `check_seconds`, 0 for never."""
        self._probe = probe
        self._check_seconds = check_seconds
        self._upstreams: dict[str, Upstream] = {}
        self._checks: dict[str, asyncio.Task[None]] = {}
        self._gone: set[Upstream] = set()
        self._finishing: set[asyncio.Task[None]] = set()

    def apply(self, configuration: Configuration) -> None:
        """Take over a configuration; what was there keeps its state, what is gone finishes what it is answering."""
        for name, configured in configuration.services.items():
            if name in self._upstreams:
                self._upstreams[name].reconfigure(configured)
            else:
                self._add(Upstream(name, configured, self._probe))
        for name in self._upstreams.keys() - configuration.services.keys():
            upstream = self._upstreams.pop(name)
            if checks := self._checks.pop(name, None):
                checks.cancel()
            self._gone.add(upstream)
            _keep(self._finishing, self._finish(upstream))

    def connections(self) -> Iterator[tuple[str, str, int, int]]:
        """Yield what each service has, under its name."""
        for name, upstream in list(self._upstreams.items()):
            for instance, busy, idle in upstream.connections():
                yield name, instance, busy, idle

    async def close(self) -> None:
        """Stop watching, and close all connections."""
        await _cancel({*self._checks.values(), *self._finishing})
        await asyncio.gather(*(upstream.close() for upstream in (*self._upstreams.values(), *self._gone)))

    def __getitem__(self, name: str) -> Upstream:
        return self._upstreams[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._upstreams)

    def __len__(self) -> int:
        return len(self._upstreams)

    def _add(self, upstream: Upstream) -> None:
        self._upstreams[upstream.name] = upstream
        if self._check_seconds:
            checks = check_for_ever(upstream.service, self._probe, every=self._check_seconds)
            self._checks[upstream.name] = asyncio.create_task(checks)

    async def _finish(self, upstream: Upstream) -> None:
        while upstream.service.requests:  # noqa: ASYNC110 as above
            await asyncio.sleep(DRAIN_SECONDS)
        await upstream.close()
        self._gone.discard(upstream)


def _keep(tasks: set[asyncio.Task[None]], work: Coroutine[None, None, None]) -> None:
    task = asyncio.create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)


async def _cancel(tasks: Collection[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _weights(configured: Configured) -> dict[str, int]:
    return {instance.place: instance.weight for instance in configured.instances}


def _address(url: str) -> Address:
    parts = urlsplit(url)
    tls = ssl.create_default_context() if parts.scheme == "https" else None
    connections = Connections(parts.hostname or "", parts.port or (443 if tls else 80), tls=tls)
    return Address(url, url.encode(), parts.netloc.rpartition("@")[2].encode(), parts.path.encode(), connections)
