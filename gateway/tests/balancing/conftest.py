"""A process that answers for a service, as the checks see it: a port that can be closed and opened again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

import pytest

from shared.testing import free_port


class Process:
    """Accepts connections on a port of its own while it runs."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._close, "127.0.0.1", self.port)

    async def stop(self) -> None:
        if self._server:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def _close(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()


async def _accepts_connections(url: str) -> bool:
    address = urlsplit(url)
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.close()
    await writer.wait_closed()
    return True


@pytest.fixture
def accepts_connections() -> Callable[[str], Awaitable[bool]]:
    """A probe that returns True where something listens, and raises otherwise."""
    return _accepts_connections


@pytest.fixture
async def process() -> AsyncIterator[Process]:
    process = Process()
    yield process
    await process.stop()


@pytest.fixture
async def other() -> AsyncIterator[Process]:
    process = Process()
    yield process
    await process.stop()
