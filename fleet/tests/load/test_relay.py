"""The relay carries bytes, and cuts and silences the line."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from fleet.load.relay import Relay


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionResetError):
        while content := await reader.read(100):
            writer.write(content)
    writer.close()


@asynccontextmanager
async def relayed() -> AsyncIterator[Relay]:
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, Relay(server.sockets[0].getsockname()[1]) as relay:
        yield relay


async def test_bytes_are_carried_both_ways() -> None:
    async with relayed() as relay:
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"
        writer.close()


async def test_a_cut_line_resets_connections_and_refuses_new_ones_until_it_is_mended() -> None:
    async with relayed() as relay:
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
        writer.write(b"hello")
        await reader.readexactly(5)
        await relay.cut()
        with pytest.raises(ConnectionResetError):
            await reader.read(1)
        writer.close()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", relay.port)
        await relay.mend()
        again, other = await asyncio.open_connection("127.0.0.1", relay.port)
        other.write(b"back")
        assert await again.readexactly(4) == b"back"
        other.close()


async def test_a_silent_line_holds_back_what_arrives_when_it_is_mended() -> None:
    async with relayed() as relay:
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
        relay.silence()
        writer.write(b"hello")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readexactly(5), 0.3)
        await relay.mend()
        assert await reader.readexactly(5) == b"hello"
        writer.close()
