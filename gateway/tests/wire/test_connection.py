"""Exchanges over real sockets: what arrives, what is kept, and what ends a connection."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.wire import Answer, BrokenError, SilentError, StaleError

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
MIB = 1 << 20
Whole = Callable[[Answer], Awaitable[bytes]]


@pytest.fixture(scope="module", params=[True, False], ids=["uvloop", "asyncio"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """Both event loops: where there is no uvloop, the server takes the other one."""
    return "asyncio", {"use_uvloop": request.param}


async def test_a_small_answer_is_whole_at_once(saying: Any) -> None:
    said = b"HTTP/1.1 418 Short\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 5\r\n\r\nstout"
    async with saying(said) as instance:
        answer = await instance.get()
        assert (answer.status, answer.whole) == (418, b"stout")
        assert answer.headers == [(b"x-a", b"1"), (b"x-a", b"2"), (b"content-length", b"5")]
        assert instance.heads == [b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"]
        assert (instance.connections.busy, instance.connections.idle) == (0, 1)


async def test_a_connection_is_kept_for_the_next_request(saying: Any) -> None:
    async with saying(*[OK] * 20) as instance:
        for _ in range(20):
            assert (await instance.get()).whole == b"ok"
        assert instance.accepted == 1


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Trailer: 1\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK,
    ],
)
async def test_trailers_and_interim_answers_are_dropped(saying: Any, said: bytes, whole: Whole) -> None:
    async with saying(said, said) as instance:
        for _ in range(2):
            answer = await instance.get()
            assert await whole(answer) == b"ok"
            assert len(answer.headers) == 1
        assert instance.accepted == 1


@pytest.mark.parametrize(
    ("method", "said"),
    [
        (b"HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"),
        (b"HEAD", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        (b"HEAD", b"HTTP/1.1 200 OK\r\n\r\n"),
        (b"GET", b"HTTP/1.1 204 No Content\r\n\r\n"),
        (b"GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5000\r\n\r\n"),
    ],
)
async def test_answers_without_a_body_leave_the_connection_usable(saying: Any, method: bytes, said: bytes) -> None:
    async with saying(said, OK, said, OK) as instance:
        for _ in range(2):
            assert (await instance.get(method)).whole == b""
            assert (await instance.get()).whole == b"ok"
        assert instance.accepted == 1


async def test_a_body_without_a_length_ends_with_the_connection(saying: Any, whole: Whole) -> None:
    async with saying(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * MIB) as instance:
        assert len(await whole(await instance.get())) == MIB
        assert instance.connections.idle == 0


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 200",
        b"no http at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA\0: 1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 101 Go\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"a" * MIB,
    ],
)
async def test_what_is_no_answer_is_told(saying: Any, said: bytes) -> None:
    async with saying(said) as instance:
        with pytest.raises(BrokenError):
            await instance.get()
        assert (instance.connections.busy, instance.connections.idle) == (0, 0)


@pytest.mark.parametrize("rest", [b"Content-Length: 9\r\n\r\nhalf", b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"])
async def test_an_answer_cut_off_is_not_taken_for_a_whole_one(saying: Any, rest: bytes) -> None:
    async with saying(b"HTTP/1.1 200 OK\r\n" + rest) as instance:
        answer = await instance.get()
        assert answer.whole is None
        assert await answer.read() == b"half"
        for _ in range(2):
            with pytest.raises(BrokenError):
                await answer.read()


async def test_bytes_after_the_answer_end_the_connection(saying: Any) -> None:
    async with saying(OK + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfake", OK) as instance:
        assert (await instance.get()).whole == b"ok"
        await instance.settled()
        assert instance.connections.idle == 0


async def test_bytes_that_nobody_asked_for_end_the_connection(instance: Any) -> None:
    async def say_more_later(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await asyncio.sleep(0.05)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfake")
        await reader.read()

    async with instance(say_more_later) as running:
        assert (await running.get()).whole == b"ok"
        await running.settled()
        assert running.connections.idle == 0
        assert (await running.get()).whole == b"ok"


async def test_a_slow_reader_slows_the_instance_down(instance: Any, whole: Whole) -> None:
    sent = 0

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (64 * MIB))
        for _ in range(64):
            writer.write(bytes(MIB))
            await writer.drain()
            sent += MIB

    async with instance(pour) as running:
        answer = await running.get(read_seconds=0.2)
        await asyncio.sleep(0.6)  # far longer than the instance may be silent
        assert sent < 48 * MIB
        assert len(await whole(answer)) == 64 * MIB
        assert running.connections.idle == 1


async def test_an_instance_that_is_silent_is_given_up(instance: Any) -> None:
    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:  # noqa: ARG001
        await reader.read()
        await reader.read()

    async with instance(wait) as running:
        with pytest.raises(SilentError):
            await running.get(read_seconds=0.1)
        await running.settled()


async def test_an_instance_that_falls_silent_is_given_up(instance: Any) -> None:
    async def stop(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
        await reader.read()

    async with instance(stop) as running:
        answer = await running.get(read_seconds=0.1)
        assert await answer.read() == b"half"
        with pytest.raises(SilentError):
            await answer.read()
        await running.settled()


async def test_a_slow_answer_is_no_silence(instance: Any, whole: Whole) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow":
            await asyncio.sleep(0.02)
            writer.write(bytes([byte]))

    async with instance(drip) as running:
        assert await whole(await running.get(read_seconds=0.4)) == b"slow"


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"])
async def test_a_cancelled_request_ends_its_connection(instance: Any, whole: Whole, said: bytes) -> None:
    async def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        await reader.read()

    async def ask() -> None:
        await whole(await running.get())

    async with instance(begin) as running:
        task = asyncio.create_task(ask())
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await running.settled()
        assert (running.connections.busy, running.connections.idle) == (0, 0)


async def test_a_request_cancelled_at_any_moment_leaves_nothing(saying: Any) -> None:
    said = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"
    async with saying(said) as instance:
        for turns in range(30):
            task = asyncio.create_task(instance.get())
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            if not task.cancelled() and not task.exception():
                task.result().close()
        await asyncio.sleep(0.05)
        assert instance.connections.busy == 0


async def test_closing_an_unread_answer_ends_the_connection(saying: Any) -> None:
    async with saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", OK) as instance:
        (await instance.get()).close()
        await instance.settled()
        assert instance.connections.idle == 0


async def test_closing_a_whole_answer_ends_nothing(saying: Any) -> None:
    async with saying(OK, OK) as instance:
        (await instance.get()).close()
        await instance.get()
        assert instance.accepted == 1


async def test_a_kept_connection_that_ends_is_told_apart(instance: Any) -> None:
    async def answer_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await reader.readuntil(b"\r\n\r\n")

    async with instance(answer_once) as running:
        await running.get()
        with pytest.raises(StaleError):
            await running.get()
        assert running.accepted == 1


async def test_a_new_connection_that_ends_is_not_tried_again(saying: Any) -> None:
    async with saying(b"") as instance:
        with pytest.raises(BrokenError):
            await instance.get()
        assert instance.accepted == 1


@given(
    st.lists(st.binary(min_size=1, max_size=60_000), max_size=6),
    st.lists(st.integers(1, 9999), max_size=9),
    st.booleans(),
)
@settings(max_examples=15, deadline=None)
async def test_bodies_arrive_both_ways(
    instance: Any, whole: Whole, parts: list[bytes], cuts: list[int], declared: bool
) -> None:
    body = b"".join(parts)

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        received = await read_body(reader, len(body) if declared else None)
        said = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(received), received)
        for cut in cuts:
            writer.write(said[:cut])
            said = said[cut:]
            await asyncio.sleep(0)
        writer.write(said)

    async def upload() -> AsyncIterator[bytes]:
        for part in parts:
            yield part

    async with instance(echo) as running:
        length = [(b"content-length", b"%d" % len(body))] if declared else []
        answer = await running.get(b"PUT", headers=length, body=upload())
        assert await whole(answer) == body


async def read_body(reader: asyncio.StreamReader, length: int | None) -> bytes:
    """Return a body of this length, or one in chunks."""
    if length is not None:
        return await reader.readexactly(length)
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)
    return body
