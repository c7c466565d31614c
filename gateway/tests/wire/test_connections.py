"""The pool: what is kept, for how long, and what happens when no connection comes about."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from gateway.wire import BrokenError, Connections, ExhaustedError, NotConnectedError
from shared.testing import free_port

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def test_nobody_there_is_told() -> None:
    connections = Connections("127.0.0.1", free_port())
    with pytest.raises(NotConnectedError, match="cannot be reached"):
        await connections.request(b"GET", b"/", [], connect_seconds=5, read_seconds=5)
    await connections.close()


async def test_a_name_that_is_not_there_is_told() -> None:
    connections = Connections("nowhere.invalid", 80)
    with pytest.raises(NotConnectedError):
        await connections.request(b"GET", b"/", [], connect_seconds=5, read_seconds=5)
    await connections.close()


async def test_a_host_that_does_not_take_the_connection_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        connections = Connections("127.0.0.1", full.getsockname()[1])
        with pytest.raises(NotConnectedError, match=r"0\.2 s"):
            await connections.request(b"GET", b"/", [], connect_seconds=0.2, read_seconds=5)
        assert connections.busy == 0
        for one in waiting:
            one.close()


async def test_no_file_for_a_connection_is_not_the_instances_fault(
    no_more_files: Callable[[], AbstractContextManager[None]],
) -> None:
    connections = Connections("127.0.0.1", 9)
    with no_more_files(), pytest.raises(ExhaustedError, match="open no connection"):
        await connections.request(b"GET", b"/", [], connect_seconds=5, read_seconds=5)
    await connections.close()


async def test_each_address_of_a_host_is_tried(monkeypatch: pytest.MonkeyPatch, saying: Any) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in ("127.0.0.9", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    async with saying(OK) as instance:
        connections = Connections("two.test", instance.connections.port)
        answer = await connections.request(b"GET", b"/", [], connect_seconds=5, read_seconds=5)
        assert answer.whole == b"ok"
        await connections.close()


async def test_the_connection_used_last_is_used_first(saying: Any) -> None:
    async with saying(*[OK] * 9) as instance:
        await asyncio.gather(*(instance.get() for _ in range(3)))
        assert (instance.accepted, instance.connections.idle) == (3, 3)
        for _ in range(6):
            await instance.get()
        assert instance.accepted == 3


async def test_not_more_than_so_many_are_kept(saying: Any) -> None:
    async with saying(OK, OK, most_idle=2) as instance:
        await asyncio.gather(*(instance.get() for _ in range(5)))
        assert instance.connections.idle == 2
        await instance.settled(3)


async def test_an_idle_connection_ends_in_time(saying: Any) -> None:
    async with saying(OK, OK, idle_seconds=0.1) as instance:
        await instance.get()
        assert instance.connections.idle == 1
        await instance.settled()
        assert instance.connections.idle == 0


async def test_the_patience_of_the_instance_counts(saying: Any) -> None:
    said = b"HTTP/1.1 200 OK\r\nKeep-Alive: timeout=%d\r\nContent-Length: 0\r\n\r\n"
    async with saying(said % 1, OK) as instance:
        await instance.get()
        assert instance.connections.idle == 0
    async with saying(said % 2, OK) as instance:
        await instance.get()
        assert instance.connections.idle == 1
        await instance.settled()


async def test_a_connection_that_the_instance_ends_is_not_used_again(saying: Any) -> None:
    async with saying(OK) as instance:
        for _ in range(3):
            await instance.get()
            await instance.settled(instance.accepted)
            await asyncio.sleep(0.05)
            assert instance.connections.idle == 0


async def test_what_is_fresh_leaves_kept_connections_alone(saying: Any) -> None:
    async with saying(OK, OK) as instance:
        await instance.get()
        assert (await instance.get(fresh=True)).whole == b"ok"
        assert (instance.accepted, instance.connections.idle) == (2, 2)


async def test_after_close_nothing_is_sent(saying: Any) -> None:
    async with saying(OK, OK) as instance:
        await instance.get()
        await instance.connections.close()
        with pytest.raises(NotConnectedError):
            await instance.get()


async def test_close_ends_requests_under_way(instance: Any) -> None:
    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:  # noqa: ARG001
        await reader.readuntil(b"\r\n\r\n")
        await reader.read()

    async with instance(wait) as running:
        task = asyncio.create_task(running.get())
        await asyncio.sleep(0.1)
        assert running.connections.busy == 1
        await running.connections.close()
        with pytest.raises(BrokenError):
            await task


async def test_all_sockets_are_closed_in_the_end(saying: Any) -> None:
    before = open_sockets()
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"
    async with saying(OK, half, OK) as instance:
        for _ in range(20):
            answers = await asyncio.gather(*(instance.get() for _ in range(10)), return_exceptions=True)
            for answer in answers:
                if not isinstance(answer, BaseException):
                    answer.close()
        tasks = [asyncio.create_task(instance.get()) for _ in range(20)]
        await asyncio.sleep(0.002)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0.05)
    assert open_sockets() <= before


def open_sockets() -> int:
    """Count the process's sockets."""
    links = []
    for entry in Path("/proc/self/fd").iterdir():
        try:
            links.append(str(entry.readlink()))
        except OSError:
            continue
    return sum(link.startswith("socket:") for link in links)


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfake"])
async def test_what_the_loop_has_not_heard_of_yet_is_seen(said: bytes) -> None:
    async def answer_one() -> socket.socket:
        connection, _ = await asyncio.get_running_loop().sock_accept(listener)
        await asyncio.get_running_loop().sock_recv(connection, 65536)
        connection.sendall(OK)
        return connection

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        connections = Connections("127.0.0.1", listener.getsockname()[1])
        for _ in range(3):
            request = connections.request(b"POST", b"/", [], b"x", connect_seconds=5, read_seconds=5)
            answer, connection = await asyncio.gather(request, answer_one())
            assert answer.whole == b"ok"
            connection.sendall(said)
            connection.close()
        await connections.close()
