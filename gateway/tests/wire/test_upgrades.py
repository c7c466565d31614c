"""A WebSocket through a real server: granted, refused, and everything that must not pass for one."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from gateway.wire import UPGRADE, Connections, Upgrade, UpgradingProtocol, WireError

WISH = b"GET %b HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: a\r\n\r\n"
GRANT = b"HTTP/1.1 101 Go\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: b\r\n\r\n"


@dataclass
class Door:
    """An application that passes on what wants to be upgraded, and answers the rest itself."""

    port: int
    connections: Connections | None = None
    ended: int = 0
    offered: list[bool] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        upgrade: Upgrade | None = scope.get("extensions", {}).get(UPGRADE)
        self.offered.append(upgrade is not None)
        if scope["path"] == "/length":
            await answer_with(send, 200, b"%d bytes" % await length_of(receive))
            return
        if upgrade is None or scope["path"] == "/refused":
            await answer_with(send, 401 if upgrade else 200, b"no tunnel")
            return
        self.connections = self.connections or Connections("127.0.0.1", self.port)
        try:
            answer = await self.connections.request(
                b"GET", scope["raw_path"], scope["headers"], connect_seconds=5, read_seconds=5, upgrade=True
            )
        except WireError:
            await answer_with(send, 502, b"no instance")
            return
        if answer.status != 101:
            await answer_with(send, answer.status, answer.whole or b"")
            return
        await upgrade.tunnel(send, answer.headers, answer, idle_seconds=0.6)
        self.ended += 1


async def length_of(receive: Receive) -> int:
    """Return the length of the request's body."""
    length, more = 0, True
    while more:
        message = await receive()
        length += len(message.get("body", b""))
        more = message.get("more_body", False)
    return length


async def answer_with(send: Send, status: int, body: bytes) -> None:
    """Answer at once."""
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def echo(connection: socket.socket) -> None:
    """Grant the wish and send back what comes, in capitals; `/busy` is answered with 503."""
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(65536)
    if b"/busy" in head:
        connection.sendall(b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy")
        return
    connection.sendall(GRANT + b"hello")
    while data := connection.recv(65536):
        connection.sendall(data.upper())


@dataclass
class Served:
    """A running server and its application."""

    server: uvicorn.Server
    app: Door

    def open(self) -> socket.socket:
        """Connect to it."""
        port = self.server.servers[0].sockets[0].getsockname()[1]
        return socket.create_connection(("127.0.0.1", port), timeout=5)

    def say(self, *sent: bytes, until: bytes = b"", times: int = 1) -> bytes:
        """Send these, and return all that comes until the connection ends.

        If it is to stay open, `until` comes so many `times` last; then what comes within a moment more is added.
        """
        with self.open() as connection:
            for data in sent:
                connection.sendall(data)
                time.sleep(0.02)
            return everything(connection, until, times)


def everything(connection: socket.socket, until: bytes = b"", times: int = 1) -> bytes:
    """Return all that comes until the connection ends, or stays open after `until`: then with that word."""
    received = b""
    try:
        while data := connection.recv(65536):
            received += data
            if until and received.endswith(until) and received.count(until) == times:
                connection.settimeout(0.05)
    except TimeoutError:
        return received + b"<open>"
    except ConnectionResetError:  # the end as well: of a connection with bytes that nobody read
        return received
    return received


@contextmanager
def serving() -> Iterator[Served]:
    """Run a server in front of an instance that echoes."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(10)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                echo(connection)

    instance = threading.Thread(target=accept, daemon=True)
    instance.start()
    app = Door(listener.getsockname()[1])
    config = uvicorn.Config(
        app,
        port=0,
        http=UpgradingProtocol,
        ws="none",
        loop="uvloop",
        log_level="error",
        lifespan="off",
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield Served(server, app)
    server.should_exit = True
    thread.join(10)
    assert not thread.is_alive()
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    instance.join(5)
    assert not instance.is_alive()


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """One server for many tests."""
    with serving() as served:
        yield served


@pytest.fixture
def served(server: Served) -> Served:
    """The server, and an application that remembers nothing."""
    server.app.connections = None
    server.app.ended, server.app.offered = 0, []
    return server


def test_a_wish_that_is_granted_becomes_a_tunnel(served: Served) -> None:
    with served.open() as connection:
        connection.sendall(WISH % b"/chat")
        received = b""
        while not received.endswith(b"hello"):
            received += connection.recv(65536)
        head, _, rest = received.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 ")
        assert b"sec-websocket-accept: b" in head
        assert b"transfer-encoding" not in head
        assert b"close" not in head
        assert rest == b"hello"
        for _ in range(3):
            connection.sendall(b"ping")
            assert connection.recv(4) == b"PING"
        connection.shutdown(socket.SHUT_WR)
        assert everything(connection) == b""
    wait_for(lambda: served.app.ended == 1)


@pytest.mark.parametrize("pause", [True, False])
def test_what_the_client_sends_too_early_reaches_the_instance(served: Served, pause: bool) -> None:
    sent = [WISH % b"/chat", b"early"] if pause else [WISH % b"/chat" + b"early"]
    assert served.say(*sent, until=b"EARLY").endswith(b"hello" + b"EARLY<open>")


def test_a_wish_that_is_refused_is_an_ordinary_answer(served: Served) -> None:
    said = served.say(WISH % b"/refused" + b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 401 ")
    assert b"connection: close" in said
    assert said.endswith(b"\r\n\r\nno tunnel")
    assert served.app.offered == [True]


def test_the_answer_of_an_instance_that_declines_passes(served: Served) -> None:
    said = served.say(WISH % b"/busy", b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 503 ")
    assert said.endswith(b"busy")
    assert served.app.offered == [True]


def test_an_instance_that_is_not_there_is_told(served: Served) -> None:
    served.app.connections = Connections("127.0.0.1", 1)
    assert served.say(WISH % b"/chat").startswith(b"HTTP/1.1 502 ")


def test_requests_on_the_same_connection_come_before(served: Served) -> None:
    said = served.say(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 2 + WISH % b"/chat", until=b"hello")
    assert said.count(b"HTTP/1.1 200 ") == 2
    assert said.endswith(b"hello<open>")


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 4\r\n\r\nbody",
        b"POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_other_wishes_are_passed_over(served: Served, sent: bytes) -> None:
    said = served.say(sent * 2, until=b"no tunnel", times=2)
    assert said.count(b"HTTP/1.1 200 ") == 2
    assert said.endswith(b"<open>")
    assert served.app.offered == [False, False]


@pytest.mark.parametrize("cut", [95, 99, 200])
def test_a_body_behind_another_wish_is_a_body(served: Served, cut: int) -> None:
    body = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    head = b"POST /length HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"
    declared = head + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    chunked = head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    last = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    said = served.say(declared[:cut], declared[cut:], chunked[:cut], chunked[cut:], last, until=b"no tunnel")
    assert said.count(b"HTTP/1.1 200 ") == 3
    assert said.count(b"%d bytes" % len(body)) == 2
    assert served.app.offered == [False] * 3


@pytest.mark.parametrize("framing", [b"", b"Content-Length: 4\r\n", b"Transfer-Encoding: chunked\r\n"])
def test_what_follows_connect_is_no_request(served: Served, framing: bytes) -> None:
    said = served.say(b"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n%b\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n" % framing)
    assert said.count(b"HTTP/1.1 ") == 1
    assert b"<open>" not in said


def test_a_client_that_leaves_ends_the_instance(served: Served) -> None:
    for _ in range(3):
        assert served.say(WISH % b"/chat", b"x", until=b"helloX").endswith(b"helloX<open>")
    wait_for(lambda: served.app.ended == 3)


def test_a_quiet_tunnel_ends(served: Served) -> None:
    with served.open() as connection:
        connection.sendall(WISH % b"/chat")
        time.sleep(1.2)
        assert everything(connection).endswith(b"hello")


def test_a_server_that_stops_ends_its_tunnels() -> None:
    with serving() as served, served.open() as connection:
        connection.sendall(WISH % b"/chat")
        assert connection.recv(65536)
        served.server.should_exit = True
        connection.settimeout(5)
        while connection.recv(65536):
            pass


def test_a_connection_of_requests_ends_after_the_answer(served: Served) -> None:
    assert served.say(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").endswith(b"\r\n\r\nno tunnel")
    assert served.say(b"HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").endswith(b"\r\n\r\n")


def wait_for(condition: Any) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + 5
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert condition()
