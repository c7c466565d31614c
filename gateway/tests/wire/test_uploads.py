"""Bodies that are sent as they come, and answers that do not wait for their end."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from gateway.wire import Answer, SilentError, UnsendableError

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
MIB = 1 << 20


async def forever(size: int = 65536) -> AsyncIterator[bytes]:
    while True:
        yield bytes(size)


async def slowly(parts: int, seconds: float) -> AsyncIterator[bytes]:
    for _ in range(parts):
        await asyncio.sleep(seconds)
        yield b"part"


async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.readuntil(b"0\r\n\r\n") if b"chunked" in head else await reader.readexactly(16)
    writer.write(OK)
    await reader.read()


async def test_a_long_upload_is_no_silence(instance: Any) -> None:
    async with instance(swallow) as running:
        assert (await running.get(b"PUT", body=slowly(4, 0.15), read_seconds=0.1)).whole == b"ok"
        assert running.connections.idle == 1


async def test_after_the_upload_the_clock_runs(instance: Any) -> None:
    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:  # noqa: ARG001
        await reader.read()

    async with instance(take) as running:
        with pytest.raises(SilentError):
            await running.get(b"PUT", body=slowly(2, 0.1), read_seconds=0.1)


async def test_an_instance_that_takes_nothing_is_given_up(instance: Any) -> None:
    taken = 0

    async def stop(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:  # noqa: ARG001
        await asyncio.sleep(30)

    async def counted() -> AsyncIterator[bytes]:
        nonlocal taken
        async for part in forever():
            taken += len(part)
            yield part

    async with instance(stop) as running:
        with pytest.raises(SilentError):
            await running.get(b"PUT", body=counted(), read_seconds=0.3)
        assert taken < 32 * MIB


async def test_an_instance_that_takes_a_large_body_slowly_is_waited_for(instance: Any) -> None:
    size = 32 * MIB

    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # What the kernel holds counts as taken, so it must be little.
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        await reader.readuntil(b"\r\n\r\n")
        for _ in range(size // MIB):
            await asyncio.sleep(0.05)
            await reader.readexactly(MIB)
        writer.write(OK)

    async with instance(trickle) as running:
        assert (await running.get(b"PUT", body=bytes(size), read_seconds=0.8)).whole == b"ok"


@pytest.mark.parametrize("parts", [3, 5])
async def test_a_body_of_another_length_than_declared_is_an_error(instance: Any, parts: int) -> None:
    async with instance(swallow) as running:
        with pytest.raises(UnsendableError):
            await running.get(b"PUT", headers=[(b"content-length", b"16")], body=slowly(parts, 0))
        await running.settled()
        assert running.connections.idle == 0
        await running.get(b"PUT", headers=[(b"content-length", b"16")], body=slowly(4, 0))
        assert running.connections.idle == 1


async def test_what_the_iterator_raises_comes_out(instance: Any) -> None:
    async def stalls() -> AsyncIterator[bytes]:
        yield b"part"
        raise LookupError("the client left")

    async with instance(swallow) as running:
        with pytest.raises(LookupError):
            await running.get(b"PUT", body=stalls())
        await running.settled()


@pytest.mark.parametrize("status", [200, 413])
async def test_an_early_answer_ends_the_upload(instance: Any, status: int) -> None:
    ended = asyncio.Event()

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 %d Early\r\nContent-Length: 5\r\n\r\nearly" % status)
        while await reader.read(65536):
            pass

    async def endless() -> AsyncIterator[bytes]:
        try:
            while True:
                await asyncio.sleep(0.01)
                yield bytes(10)
        finally:
            ended.set()

    async with instance(refuse) as running:
        answer = await running.get(b"PUT", body=endless())
        assert (answer.status, answer.whole) == (status, b"early")
        async with asyncio.timeout(5):
            await ended.wait()
        await running.settled()
        assert running.connections.idle == 0


async def test_a_refusal_in_parts_is_read_to_its_end(
    instance: Any, whole: Callable[[Answer], Awaitable[bytes]]
) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 No\r\nContent-Length: 5\r\n\r\n")
        await asyncio.sleep(0.1)
        writer.write(b"large")
        await reader.read()

    async with instance(refuse) as running:
        answer = await running.get(b"PUT", body=slowly(100, 0.05))
        assert (answer.status, await whole(answer)) == (413, b"large")
        await running.settled()


async def test_an_answer_may_stream_while_the_body_does(
    instance: Any, whole: Callable[[Answer], Awaitable[bytes]]
) -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n")
        for _ in range(4):
            writer.write(await reader.readexactly(4))
        await reader.read()

    async with instance(echo) as running:
        length = [(b"content-length", b"16")]
        answer = await running.get(b"PUT", headers=length, body=slowly(4, 0.05))
        assert answer.whole is None
        assert await whole(answer) == b"part" * 4


async def test_an_upload_that_fails_fails_the_answer_too(
    instance: Any, whole: Callable[[Answer], Awaitable[bytes]]
) -> None:
    async def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\npart")
        await reader.read()

    async def stalls() -> AsyncIterator[bytes]:
        await asyncio.sleep(0.1)
        raise LookupError("the client left")
        yield b""

    async with instance(begin) as running:
        answer = await running.get(b"PUT", body=stalls())
        with pytest.raises(LookupError):
            await whole(answer)
        await running.settled()
