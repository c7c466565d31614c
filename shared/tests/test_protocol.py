"""What clients send, and how slowly, against the server's side of a connection."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from shared import protocol
from shared.protocol import BoundedHttpProtocol

EARLY = b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
HELLO = b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the names of the headers; `/early` before the body is there, `/slow` late, `/large` with a lot.

    `/parts` answers with two parts, and does not say how long they are.
    """
    path, more = scope["path"], scope["path"] != "/early"
    while more:
        message = await receive()
        more = message.get("more_body", False)
    if path == "/slow":
        await asyncio.sleep(0.3)
    if path == "/parts":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await send({"type": "http.response.body", "body": b"three"})
        return
    body = bytes(4 << 20) if path == "/large" else b",".join(name for name, _ in scope["headers"])
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[uvicorn.Server]:
    """A server that is impatient."""
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(protocol, "STALLED_SECONDS", 0.5)
    config = uvicorn.Config(
        app, port=0, http=BoundedHttpProtocol, ws="none", lifespan="off", log_config=None, timeout_keep_alive=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server
    server.should_exit = server.force_exit = True
    thread.join(10)


@pytest.fixture
def connect(server: uvicorn.Server) -> Iterator[Callable[..., socket.socket]]:
    """Opens connections to it."""
    opened = []

    def connected(*sent: bytes, room: int = 0) -> socket.socket:
        connection = socket.socket()
        opened.append(connection)
        if room:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        connection.settimeout(5)
        connection.connect(server.servers[0].sockets[0].getsockname())
        for part in sent:
            connection.sendall(part)
            time.sleep(0.05)
        return connection

    yield connected
    for connection in opened:
        connection.close()


def everything(connection: socket.socket) -> bytes:
    """Return what comes until the connection ends."""
    received = b""
    with suppress(ConnectionResetError):
        while part := connection.recv(65536):
            received += part
    return received


def ended(server: uvicorn.Server, seconds: float = 5) -> bool:
    """Tell whether the server has no connection any more before the time is over."""
    deadline = time.monotonic() + seconds
    while server.server_state.connections and time.monotonic() < deadline:
        time.sleep(0.02)
    return not server.server_state.connections


def test_trailers_are_no_headers(connect: Any) -> None:
    sent = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Consumer: root\r\n\r\n"
    said = everything(connect(sent + HELLO.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")))
    assert b"\r\n\r\nhost,transfer-encodingHTTP/1.1 200" in said


def test_trailers_without_end_end_the_connection(connect: Any, server: uvicorn.Server) -> None:
    connection = connect(b"POST /slow HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n")
    with suppress(ConnectionError):
        for _ in range(20):
            connection.sendall(b"A: b\r\n" * 2000)
            time.sleep(0.01)
    assert everything(connection).startswith(b"HTTP/1.1 431")
    connection.close()
    assert ended(server)


def test_a_body_that_nobody_waits_for_cannot_keep_the_connection(connect: Any) -> None:
    connection = connect(EARLY + b"\r\n1")
    deadline = time.monotonic() + 5
    with suppress(ConnectionError):
        while time.monotonic() < deadline and not _is_over(connection):
            time.sleep(0.05)
    assert time.monotonic() < deadline


def _is_over(connection: socket.socket) -> bool:
    connection.settimeout(0.05)
    try:
        return connection.recv(65536) == b""
    except TimeoutError:
        return False


def test_after_a_late_body_the_connection_goes_on_and_ends_when_idle(connect: Any) -> None:
    connection = connect(EARLY + b"\r\n1", b"23456789" + HELLO)
    began = time.monotonic()
    assert everything(connection).count(b"HTTP/1.1 200") == 2
    assert time.monotonic() - began > 0.7
    connection = connect(EARLY + b"\r\n1", b"23456789")
    assert everything(connection).count(b"HTTP/1.1 200") == 1


def test_a_body_that_was_never_asked_for_is_not_waited_for(connect: Any, server: uvicorn.Server) -> None:
    connection = connect(EARLY + b"Expect: 100-continue\r\n\r\n")
    assert everything(connection).startswith(b"HTTP/1.1 200")  # and no 100
    connection.sendall(HELLO)
    connection.shutdown(socket.SHUT_WR)
    assert ended(server)


def test_http_1_0_gets_no_interim_answer(connect: Any) -> None:
    sent = b"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na"
    assert everything(connect(sent)).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(("path", "rest"), [(b"/parts", b"onethree"), (b"/hello", b"a")])
@pytest.mark.parametrize("kept", [b"", b"Connection: keep-alive\r\n"])
def test_http_1_0_gets_no_chunks(connect: Any, path: bytes, rest: bytes, kept: bytes) -> None:
    head, _, body = everything(connect(b"GET %b HTTP/1.0\r\nA: b\r\n%b\r\n" % (path, kept))).partition(b"\r\n\r\n")
    assert (b"transfer-encoding" in head, b"connection: close" in head) == (False, True)
    assert body.startswith(rest)


def test_http_1_0_may_ask_for_the_head_alone(connect: Any) -> None:
    said = everything(connect(b"HEAD /parts HTTP/1.0\r\n\r\n"))
    assert said.startswith(b"HTTP/1.1 200")
    assert said.endswith(b"connection: close\r\n\r\n")


@pytest.mark.parametrize("ending", [b"", b"Connection: close\r\n"])
def test_an_answer_that_is_not_taken_cannot_keep_the_connection(
    connect: Any, server: uvicorn.Server, ending: bytes
) -> None:
    connect(b"GET /large HTTP/1.1\r\nHost: x\r\n" + ending + b"\r\n", room=4096)
    assert server.server_state.connections
    assert ended(server)


@pytest.mark.parametrize("garbage", [b"\0", b"GET / HTTP/2.0\r\n\r\n", b"GET /"])
def test_a_refusal_waits_for_the_answers_before_it(connect: Any, garbage: bytes) -> None:
    said = everything(connect(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n", garbage))
    assert said.startswith(b"HTTP/1.1 200")
    assert said.count(b"HTTP/1.1 ") == 2


def test_a_refused_client_that_goes_on_sending_hears_why(connect: Any) -> None:
    connection = connect()
    with suppress(ConnectionError):
        for _ in range(100):
            connection.sendall(b"A" * 65536)
    assert everything(connection).startswith(b"HTTP/1.1 4")
