"""Lookups: one host's trouble is no other's, and what was found serves on."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest

from gateway.wire import NotConnectedError
from gateway.wire.addresses import GRACE_SECONDS, Addresses
from gateway.wire.connections import Connections

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Names:
    """The operating system's lookups: `hanging` hosts have none that ends, `gone` ones fail."""

    def __init__(self) -> None:
        self.hanging: set[str] = set()
        self.gone: set[str] = set()
        self.asked: list[str] = []
        self.end = threading.Event()

    def look_up(self, host: str, *_: Any, **__: Any) -> list[Any]:
        self.asked.append(host)
        if host in self.hanging:
            self.end.wait(20)
        if host in self.gone or host in self.hanging:
            raise socket.gaierror(socket.EAI_AGAIN, "nobody knows")
        both = ((socket.AF_INET6, ("::1", 0, 0, 0)), (socket.AF_INET, ("127.0.0.1", 0)))
        return [(family, socket.SOCK_STREAM, 6, "", address) for family, address in both]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    names = Names()
    monkeypatch.setattr(socket, "getaddrinfo", names.look_up)
    yield names
    names.end.set()


async def test_an_address_needs_no_lookup(names: Names) -> None:
    for address in ("127.0.0.1", "::1"):
        assert await Addresses(address).find() == (address,)
    assert names.asked == []


async def test_one_lookup_serves_all_who_ask_meanwhile_and_for_some_time_after(names: Names) -> None:
    addresses = Addresses("here.test")
    found = await asyncio.gather(*(addresses.find() for _ in range(9)))
    assert found == [("::1", "127.0.0.1")] * 9
    assert await addresses.find() == ("::1", "127.0.0.1")
    assert names.asked == ["here.test"]


async def test_what_is_doubted_is_looked_up_again(names: Names) -> None:
    addresses = Addresses("here.test")
    await addresses.find()
    addresses.doubt()
    await addresses.find()
    assert names.asked == ["here.test"] * 2


async def test_what_was_found_serves_while_lookups_fail(names: Names) -> None:
    addresses = Addresses("here.test", keep_seconds=0)
    await addresses.find()
    names.gone.add("here.test")
    assert await addresses.find() == ("::1", "127.0.0.1")
    assert len(names.asked) == 2


async def test_what_was_found_serves_while_a_lookup_hangs(names: Names) -> None:
    addresses = Addresses("here.test", keep_seconds=0)
    await addresses.find()
    names.hanging.add("here.test")
    began = monotonic()
    for _ in range(20):
        assert await addresses.find() == ("::1", "127.0.0.1")
    assert monotonic() - began < 4 * GRACE_SECONDS
    assert len(names.asked) == 2


async def test_a_lookup_that_failed_is_tried_again(names: Names) -> None:
    addresses = Addresses("late.test")
    names.gone.add("late.test")
    with pytest.raises(OSError, match="nobody knows"):
        await addresses.find()
    names.gone.clear()
    assert await addresses.find()


async def test_a_name_that_is_none_is_told() -> None:
    for name in ("nowhere.invalid", "a" * 300, "no..name"):
        with pytest.raises(OSError):  # noqa: PT011 the system words it
            await Addresses(name).find()


async def test_names_that_hang_delay_no_other_host(names: Names, saying: Any) -> None:
    names.hanging.update(f"hangs{number}.test" for number in range(40))
    async with saying(OK) as instance:
        hung = [Connections(name, 80) for name in names.hanging]
        request: dict[str, Any] = {"connect_seconds": 2, "read_seconds": 5}
        stuck = [asyncio.create_task(one.request(b"GET", b"/", [], **request)) for one in hung]
        await asyncio.sleep(0.05)
        healthy = Connections("here.test", instance.connections.port)
        answer = await healthy.request(b"GET", b"/", [], **request)
        assert answer.whole == b"ok"
        assert not any(task.done() for task in stuck)
        for failure in await asyncio.gather(*stuck, return_exceptions=True):
            assert isinstance(failure, NotConnectedError)
        await asyncio.gather(*(one.close() for one in (healthy, *hung)))
