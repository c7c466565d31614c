"""A service that keeps what it gets, and clients that send bytes as they are."""

import gzip
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, BinaryIO

import pytest


class Recorder:
    """A service that keeps what it gets, byte by byte, and answers each request with its target."""

    def __init__(self) -> None:
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def close(self) -> None:
        """Take no more connections."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(5)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=self._serve, args=self.listener.accept()[:1], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream, suppress(OSError, ValueError):
            while head := _head(stream):
                self.heads.append(head)
                self.bodies.append(self._body(head, stream))
                target = head.split(b" ")[1]
                if target == b"/slow":
                    time.sleep(0.5)
                body = gzip.compress(bytes(32 << 20)) if target == b"/bomb" else target
                kind = b"Content-Encoding: gzip\r\n" if target == b"/bomb" else b""
                connection.sendall(b"HTTP/1.1 200 OK\r\n%bContent-Length: %d\r\n\r\n%b" % (kind, len(body), body))

    @staticmethod
    def _body(head: bytes, stream: Any) -> bytes:
        length = re.search(rb"\r\ncontent-length: (\d+)\r\n", head)
        if length:
            return bytes(stream.read(int(length[1])))
        body = b""
        while b"\r\ntransfer-encoding: chunked\r\n" in head:
            size = int(stream.readline(), 16)
            body += stream.read(size)
            stream.readline()
            if not size:
                break
        return body


def _head(stream: BinaryIO) -> bytes:
    """Return the lines before the empty one, nothing once the connection has ended."""
    lines = b""
    while (line := stream.readline()) != b"\r\n":
        if not line:
            return b""
        lines += line
    return lines


@pytest.fixture(scope="session")
def recorder() -> Iterator[Recorder]:
    recorder = Recorder()
    yield recorder
    recorder.close()


@pytest.fixture(scope="session")
def attacked(recorder: Recorder, make_gateway: Callable[..., Any]) -> Iterator[Any]:
    services = {"up": recorder.url, "deep": f"{recorder.url}/base"}
    with make_gateway(services, check_seconds="0", trusted_proxies="none", log_format="json") as gateway:
        yield gateway


def say_bytes(gateway: Any, *sent: bytes, until: bytes = b"", seconds: float = 10) -> bytes:
    """Send bytes as they are; return what comes back until the connection ends, or `until` has come."""
    with socket.create_connection(gateway.address, timeout=seconds) as connection:
        for part in sent:
            connection.sendall(part)
        received = b""
        while part := connection.recv(65536):
            received += part
            if until and until in received:
                break
        return received


@pytest.fixture(scope="session")
def say() -> Callable[..., bytes]:
    """Talks to a gateway byte by byte."""
    return say_bytes
