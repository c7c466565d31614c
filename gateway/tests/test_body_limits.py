"""How large a body may be is a route's own matter, and holds while the body streams through."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest

MIB = 1 << 20
FILE = """
[services.up]
instances = [{{ url = "{url}" }}]
max_body_bytes = 1000

[services.echo]
instances = [{{ url = "{echo}" }}]
max_body_bytes = 1000

[[routes]]
path = "/echo/large/"
methods = ["POST"]
max_body_bytes = 67108864
"""
HEAD = b"POST /up/ HTTP/1.1\r\nHost: x\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
PART = b"258\r\n" + b"x" * 600 + b"\r\n"


class Recorder:
    """A service that never answers; of each connection it keeps what came until its end."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.came = b""
        self.ended = threading.Event()
        threading.Thread(target=self._record, daemon=True).start()

    def wait_for(self, end: bytes) -> None:
        """Wait until what came ends with `end`."""
        deadline = time.monotonic() + 5
        while not self.came.endswith(end):
            assert time.monotonic() < deadline, self.came
            time.sleep(0.01)

    def forget(self) -> None:
        """Begin anew."""
        self.came = b""
        self.ended.clear()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _record(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                while part := connection.recv(65536):
                    self.came += part
            self.ended.set()


@pytest.fixture(scope="module")
def listening() -> Iterator[Recorder]:
    recorder = Recorder()
    yield recorder
    recorder.close()


@pytest.fixture(scope="module")
def gateway(
    make_gateway: Callable[..., Any], echo_url: str, listening: Recorder, tmp_path_factory: Any
) -> Iterator[Any]:
    file: Path = tmp_path_factory.mktemp("gateway") / "gateway.toml"
    file.write_text(FILE.format(url=listening.url, echo=echo_url))
    with make_gateway({}, config_file=str(file), check_seconds="0") as gateway:
        yield gateway


@pytest.fixture
def service(listening: Recorder) -> Recorder:
    listening.forget()
    return listening


@contextmanager
def connected(gateway: Any) -> Iterator[socket.socket]:
    with socket.create_connection(gateway.address, timeout=10) as connection:
        yield connection


def rest(connection: socket.socket) -> bytes:
    """Return what comes until the end of the connection."""
    received = b""
    while part := connection.recv(65536):
        received += part
    return received


@pytest.mark.parametrize("expect", [b"", b"Expect: 100-continue\r\n"])
@pytest.mark.parametrize("length", [1001, 10**12])
def test_a_body_that_says_that_it_is_too_large_is_refused_at_once(
    gateway: Any, service: Recorder, expect: bytes, length: int
) -> None:
    with connected(gateway) as connection:
        connection.sendall(HEAD + expect + b"Content-Length: %d\r\n\r\n" % length)
        answer = rest(connection)
    assert answer.startswith(b"HTTP/1.1 413"), "and not with 100 Continue"
    assert b"The body is larger than 1,000 bytes." in answer
    assert service.came == b""


def test_a_body_that_turns_out_too_large_is_cut_off_for_the_service_too(gateway: Any, service: Recorder) -> None:
    with connected(gateway) as connection:
        connection.sendall(CHUNKED + PART)
        service.wait_for(b"x" * 600 + b"\r\n")
        connection.sendall(PART)
        answer = rest(connection)
    assert answer.startswith(b"HTTP/1.1 413")
    assert answer.count(b"HTTP/1.1") == 1
    assert service.ended.wait(5)
    assert service.came.count(b"x") < 1000
    assert not service.came.endswith(b"0\r\n\r\n"), "the service must not take it for whole"


def test_a_chunked_body_that_comes_at_once_does_not_reach_the_service(gateway: Any, service: Recorder) -> None:
    with connected(gateway) as connection:
        connection.sendall(CHUNKED + PART + PART + b"0\r\n\r\n")
        assert rest(connection).startswith(b"HTTP/1.1 413")
    assert b"0\r\n\r\n" not in service.came


def test_what_follows_a_refused_body_is_not_taken_for_a_request(gateway: Any) -> None:
    smuggled = b"GET /echo/ HTTP/1.1\r\nHost: x\r\n\r\n"
    with connected(gateway) as connection:
        connection.sendall(HEAD + b"Content-Length: 2000\r\n\r\n" + smuggled)
        answer = rest(connection)
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("chunked", [True, False])
@pytest.mark.parametrize(("size", "status"), [(1000, 418), (1001, 413)])
def test_the_limit_is_exact(gateway: Any, size: int, status: int, chunked: bool) -> None:
    content = iter([b"x" * 500, b"x" * (size - 500)]) if chunked else b"x" * size
    assert httpx2.post(f"{gateway.url}/echo/", content=content).status_code == status


@pytest.mark.parametrize(("parts", "status"), [(1024, 418), (1025, 413)])
def test_a_route_can_take_more_at_constant_memory(gateway: Any, parts: int, status: int) -> None:
    def body() -> Iterator[bytes]:
        for _ in range(parts):
            yield bytes(64 << 10)

    httpx2.post(f"{gateway.url}/echo/large/", content=bytes(MIB))
    before = resident_bytes(gateway.process.pid)
    assert httpx2.post(f"{gateway.url}/echo/large/", content=body(), timeout=60).status_code == status
    assert resident_bytes(gateway.process.pid) - before < 16 * MIB


def resident_bytes(pid: int) -> int:
    fields = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in fields if line.startswith("VmRSS")) * 1024


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 20971520\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n1400000\r\n"]
)
def test_whoever_goes_on_sending_still_reads_why_it_is_refused(gateway: Any, framing: bytes) -> None:
    with connected(gateway) as connection:
        connection.sendall(HEAD.replace(b"/up/", b"/echo/") + framing)
        with suppress(OSError):
            connection.sendall(bytes(20 * MIB))
        answer = rest(connection)
    assert answer.startswith(b"HTTP/1.1 413")
