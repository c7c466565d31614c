"""Names for aiohttp's client, whose own lookups share the loop's few threads."""

import socket
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult

from gateway.wire.addresses import Addresses

KEEP_SECONDS: Final = 1.0
"""Short, because nobody tells when a connection fails: it is for probes, which should soon see where a host is now."""


class Resolver(AbstractResolver):
    """Resolves each host for itself; a name that hangs holds up no other.

    It is for few hosts, those that are configured. It keeps what it finds, so the connector needs no cache.
    """

    def __init__(self) -> None:
        self._hosts: dict[str, Addresses] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of `host`; raises OSError where there are none of this family."""
        addresses = self._hosts.get(host)
        if addresses is None:
            addresses = self._hosts[host] = Addresses(host, KEEP_SECONDS)
        found = [_result(host, address, port) for address in await addresses.find()]
        wanted = [result for result in found if family in (socket.AF_UNSPEC, result["family"])]
        if not wanted:
            raise socket.gaierror(socket.EAI_NONAME, f"{host} has no address of this family.")
        return wanted

    async def close(self) -> None:
        """Nothing is held; lookups under way end by themselves."""


def _result(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=flags)
