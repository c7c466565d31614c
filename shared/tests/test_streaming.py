"""A client that takes nothing loses its connection, and the stream is closed with all that it holds."""

import asyncio
import socket
import threading
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field

import pytest
from starlette.types import Receive, Scope, Send

from shared import streaming
from shared.testing import free_port, served

CHUNK = bytes(1 << 16)


@dataclass
class Endless:
    """Answers with chunks for as long as they are taken."""

    port: int = field(default_factory=free_port)
    sent: int = 0
    closed: threading.Event = field(default_factory=threading.Event)

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        try:
            while True:
                self.sent += 1
                yield CHUNK
                await asyncio.sleep(0)
        finally:
            self.closed.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await streaming.TimedStreamingResponse(self.chunks())(scope, receive, send)


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endless]:
    monkeypatch.setattr(streaming, "TAKE_SECONDS", 0.3)
    app = Endless()
    with served(app, app.port):
        yield app


def test_a_client_that_takes_nothing_is_cut_off(endless: Endless) -> None:
    with socket.create_connection(("127.0.0.1", endless.port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert endless.closed.wait(20)


def test_a_client_that_takes_all_the_time_is_not(endless: Endless) -> None:
    with socket.create_connection(("127.0.0.1", endless.port), timeout=20) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        while endless.sent < 2000:
            assert client.recv(1 << 16)
        assert not endless.closed.is_set()
