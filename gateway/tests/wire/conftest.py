"""Instances that say exactly what a test wants, on real sockets."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from gateway.wire import Answer, Connections

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """The event loop that the gateway runs on."""
    return "asyncio", {"use_uvloop": True}


@dataclass
class Instance:
    """An instance, the connections to it, and the heads of the requests that it got."""

    connections: Connections
    accepted: int = 0
    ended: int = 0
    heads: list[bytes] = field(default_factory=list)

    async def get(self, method: bytes = b"GET", **options: Any) -> Answer:
        """Ask for /."""
        options = {"connect_seconds": 5, "read_seconds": 5, **options}
        headers = options.pop("headers", [(b"host", b"x")])
        return await self.connections.request(method, b"/", headers, options.pop("body", None), **options)

    async def settled(self, ended: int = 1) -> None:
        """Wait until `ended` connections have come to an end on the instance's side."""
        async with asyncio.timeout(5):
            while self.ended < ended:  # noqa: ASYNC110 it is counted, and does not happen once
                await asyncio.sleep(0.005)


MakeInstance = Callable[..., AbstractAsyncContextManager[Instance]]


@asynccontextmanager
async def _instance(handler: Handler, **options: Any) -> AsyncIterator[Instance]:
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        running.accepted += 1
        try:
            await handler(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            running.ended += 1
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    running = Instance(Connections("127.0.0.1", server.sockets[0].getsockname()[1], **options))
    try:
        yield running
    finally:
        await running.connections.close()
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert (running.connections.busy, running.connections.idle) == (0, 0)
        await asyncio.sleep(0.01)  # for the transports to close


@pytest.fixture(scope="session")
def instance() -> MakeInstance:
    """Runs an instance that hands each connection to a coroutine."""
    return _instance


@pytest.fixture(scope="session")
def saying() -> Callable[..., AbstractAsyncContextManager[Instance]]:
    """Runs an instance that answers the requests of each connection with these bytes, in turn, and then ends it."""

    @asynccontextmanager
    async def run(*answers: bytes, **options: Any) -> AsyncIterator[Instance]:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for said in answers:
                running.heads.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(said)
            await writer.drain()

        async with _instance(answer, **options) as running:
            yield running

    return run


@pytest.fixture(scope="session")
def whole() -> Callable[[Answer], Awaitable[bytes]]:
    """Reads the body of an answer to its end, however it came."""

    async def read(answer: Answer) -> bytes:
        if answer.whole is not None:
            return answer.whole
        parts = []
        while part := await answer.read():
            parts.append(part)
        return b"".join(parts)

    return read
