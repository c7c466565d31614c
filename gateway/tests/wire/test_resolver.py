"""aiohttp's client asks the same way; one name that hangs holds up no other."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from gateway.wire.resolver import Resolver

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """All names are this host's; a lookup of those that begin with "hangs" does not end."""
    end = threading.Event()

    def look_up(host: str, *_: Any, **__: Any) -> list[Any]:
        if host.startswith("hangs"):
            end.wait(20)
        both = ((socket.AF_INET6, ("::1", 0, 0, 0)), (socket.AF_INET, ("127.0.0.1", 0)))
        return [(family, socket.SOCK_STREAM, 6, "", address) for family, address in both]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield
    end.set()


async def test_the_addresses_are_of_the_family_that_is_wanted() -> None:
    resolver = Resolver()
    both = await resolver.resolve("here.test", 80)
    assert [(result["host"], result["port"], result["family"]) for result in both] == [
        ("::1", 80, socket.AF_INET6),
        ("127.0.0.1", 80, socket.AF_INET),
    ]
    assert [result["host"] for result in await resolver.resolve("here.test", 80, socket.AF_INET)] == ["127.0.0.1"]
    await resolver.close()


async def test_names_that_hang_delay_no_other(saying: Any) -> None:
    connector = aiohttp.TCPConnector(resolver=Resolver(), use_dns_cache=False)
    patience = aiohttp.ClientTimeout(total=2)
    async with saying(OK) as instance, aiohttp.ClientSession(connector=connector, timeout=patience) as session:
        stuck = [asyncio.create_task(session.get(f"http://hangs{number}.test/").__aenter__()) for number in range(40)]
        await asyncio.sleep(0.05)
        async with session.get(f"http://here.test:{instance.connections.port}/") as answer:
            assert await answer.text() == "ok"
        assert not any(task.done() for task in stuck)
        for failure in await asyncio.gather(*stuck, return_exceptions=True):
            assert isinstance(failure, TimeoutError)
