"""Bytes pass both ways, unchanged, however they come, until both sides have ended."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.wire.tunnel import Tunnel

MIB = 1 << 20


@dataclass
class Ends:
    """Both ends of a tunnel as seen from outside, and the tunnel between them."""

    client: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    instance: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    tunnel: Tunnel
    running: asyncio.Task[None]


@asynccontextmanager
async def tunnel(
    *, to_instance: bytes = b"", to_client: bytes = b"", idle_seconds: float = 30.0
) -> AsyncIterator[Ends]:
    """Join two connections."""
    loop = asyncio.get_running_loop()
    outer, inner = [], []
    for _ in range(2):
        ours, theirs = socket.socketpair()
        outer.append(await asyncio.open_connection(sock=ours))
        transport, _protocol = await loop.create_connection(asyncio.Protocol, sock=theirs)
        transport.pause_reading()
        inner.append(transport)
    joined = Tunnel(inner[0], inner[1], idle_seconds)
    running = asyncio.create_task(joined.run(to_instance, to_client))
    try:
        yield Ends(outer[0], outer[1], joined, running)
    finally:
        running.cancel()
        await asyncio.wait([running])
        for _, writer in outer:
            writer.close()
        await asyncio.sleep(0.01)


@given(st.lists(st.tuples(st.booleans(), st.binary(min_size=1, max_size=70_000)), max_size=12))
@settings(max_examples=20, deadline=None)
async def test_bytes_pass_both_ways(sent: list[tuple[bool, bytes]]) -> None:
    up = b"".join(data for upwards, data in sent if upwards)
    down = b"".join(data for upwards, data in sent if not upwards)
    async with tunnel(to_instance=b"early", to_client=b"soon") as ends:
        for upwards, data in sent:
            (ends.client if upwards else ends.instance)[1].write(data)
        assert await ends.instance[0].readexactly(5 + len(up)) == b"early" + up
        assert await ends.client[0].readexactly(4 + len(down)) == b"soon" + down
        ends.client[1].close()
        ends.instance[1].close()
        await ends.running


async def test_a_half_that_ended_still_receives() -> None:
    async with tunnel() as ends:
        ends.client[1].write(b"last words")
        ends.client[1].write_eof()
        assert await ends.instance[0].read() == b"last words"
        ends.instance[1].write(b"heard")
        ends.instance[1].write_eof()
        assert await ends.client[0].read() == b"heard"
        await ends.running


@pytest.mark.parametrize("client_first", [True, False])
async def test_a_side_that_is_gone_ends_the_other(client_first: bool) -> None:
    async with tunnel() as ends:
        first, second = (ends.client, ends.instance) if client_first else (ends.instance, ends.client)
        first[1].write(b"bye")
        await asyncio.sleep(0.05)
        first[1].transport.abort()
        assert await second[0].read() == b"bye"
        second[1].close()
        await ends.running


async def test_a_slow_reader_slows_the_sender_down() -> None:
    async with tunnel() as ends:
        taken = 0

        async def pour() -> None:
            nonlocal taken
            for _ in range(64):
                ends.instance[1].write(bytes(MIB))
                await ends.instance[1].drain()
                taken += MIB
            ends.instance[1].write_eof()

        pouring = asyncio.create_task(pour())
        await asyncio.sleep(0.3)
        assert taken < 32 * MIB
        received = 0
        while part := await ends.client[0].read(MIB):
            received += len(part)
        await pouring
        assert received == 64 * MIB


async def test_nothing_for_too_long_ends_both() -> None:
    async with tunnel(idle_seconds=0.3) as ends:
        for _ in range(4):
            await asyncio.sleep(0.15)
            ends.client[1].write(b"x")
        assert not ends.running.done()
        assert await ends.client[0].read() == b""
        assert await ends.instance[0].read() == b"xxxx"
        await ends.running


async def test_the_server_that_stops_ends_both() -> None:
    async with tunnel() as ends:
        ends.client[1].write(b"x")
        assert await ends.instance[0].read(1) == b"x"
        ends.tunnel.shutdown()
        assert await ends.client[0].read() == b""
        assert await ends.instance[0].read() == b""
        await ends.running


async def test_cancelling_ends_both() -> None:
    async with tunnel() as ends:
        await asyncio.sleep(0.01)
        ends.running.cancel()
        assert await ends.client[0].read() == b""
        assert await ends.instance[0].read() == b""


async def test_a_side_that_was_gone_before_ends_the_other() -> None:
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    gone, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
    other, other_end = socket.socketpair()
    there, _ = await loop.create_connection(asyncio.Protocol, sock=other)
    gone.abort()
    await asyncio.sleep(0.01)
    async with asyncio.timeout(5):
        await Tunnel(gone, there, 30.0).run(b"", b"")
    theirs.close()
    other_end.close()
