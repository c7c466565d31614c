"""What is gone from the configuration finishes what it is answering, and then keeps no connection."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic

import pytest

from gateway.balancing.attempts import Attempt
from gateway.configuration import Configuration
from gateway.upstreams import Upstream, Upstreams
from gateway.wire.answer import Answer


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[str, list[int]]]:
    """Yield the URL of a server that answers everything with 204, and how many connections it has."""
    connected = [0]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected[0] += 1
        while await reader.readline():
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        connected[0] -= 1
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", connected
    server.close()


def configuration(**urls: list[str]) -> Configuration:
    services = {name: {"instances": [{"url": url} for url in its]} for name, its in urls.items()}
    return Configuration.model_validate({"services": services})


async def never(_: str) -> bool:
    return False


@pytest.fixture
async def upstreams() -> AsyncIterator[Upstreams]:
    upstreams = Upstreams(never, check_seconds=0)
    yield upstreams
    await upstreams.close()


async def ask(upstream: Upstream) -> Answer:
    address = upstream.address(upstream.service.instances[0])
    return await address.connections.request(b"GET", b"/", [(b"host", b"x")], connect_seconds=5, read_seconds=5)


async def until(true: Callable[[], bool], seconds: float = 3) -> bool:
    deadline = monotonic() + seconds
    while not true() and monotonic() < deadline:  # noqa: ASYNC110 the other side of a socket has no event
        await asyncio.sleep(0.02)
    return true()


async def test_connections_to_an_instance_that_is_gone_are_ended(upstreams: Upstreams) -> None:
    async with listening() as (old, connected), listening() as (new, _):
        upstreams.apply(configuration(up=[old]))
        await ask(upstreams["up"])
        assert connected == [1]
        upstreams.apply(configuration(up=[new]))
        assert await until(lambda: connected == [0])


async def test_an_instance_that_is_gone_finishes_what_it_is_answering(upstreams: Upstreams) -> None:
    async with listening() as (old, connected), listening() as (new, _):
        upstreams.apply(configuration(up=[old]))
        with Attempt(upstreams["up"].service.instances[0], monotonic()):
            await ask(upstreams["up"])
            upstreams.apply(configuration(up=[new]))
            assert not await until(lambda: connected == [0], 1)
        assert await until(lambda: connected == [0])


async def test_one_that_is_back_before_it_has_finished_keeps_its_connections(upstreams: Upstreams) -> None:
    async with listening() as (old, connected), listening() as (new, _):
        upstreams.apply(configuration(up=[old]))
        with Attempt(upstreams["up"].service.instances[0], monotonic()):
            await ask(upstreams["up"])
            upstreams.apply(configuration(up=[new]))
            upstreams.apply(configuration(up=[old]))
        assert not await until(lambda: connected == [0], 1)
        await ask(upstreams["up"])
        assert connected == [1]


async def test_a_service_that_is_gone_finishes_what_it_is_answering(upstreams: Upstreams) -> None:
    async with listening() as (old, connected), listening() as (new, _):
        upstreams.apply(configuration(up=[old], stays=[new]))
        gone = upstreams["up"]
        with gone.service.place():
            await ask(gone)
            upstreams.apply(configuration(stays=[new]))
            assert set(upstreams) == {"stays"}
            assert not await until(lambda: connected == [0], 1)
        assert await until(lambda: connected == [0])


async def test_what_has_not_finished_is_ended_with_the_rest() -> None:
    async with listening() as (old, connected), listening() as (new, _):
        upstreams = Upstreams(never, check_seconds=0)
        for name in ("up", "again"):
            upstreams.apply(configuration(**{name: [old], "stays": [new]}))
            upstreams[name].service.place().__enter__()
            await ask(upstreams[name])
        upstreams.apply(configuration(stays=[new]))
        await upstreams.close()
        assert await until(lambda: connected == [0])
