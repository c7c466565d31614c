"""What a service gone bad sends does no more harm than one failed answer: no other client gets to see it."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

OK = b"HTTP/1.1 200 OK\r\n"
HEAD = OK + b"Content-Length: 2\r\n"
WHOLE = HEAD + b"\r\nok"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
REFUSED = {
    "folded": HEAD + b"A: b\r\n c\r\n\r\nok",
    "bare-lf": HEAD + b"A: b\nSet-Cookie: evil\r\n\r\nok",
    "bare-cr": HEAD + b"A: b\rSet-Cookie: evil\r\n\r\nok",
    "nul": HEAD + b"A: b\0c\r\n\r\nok",
    "escape": HEAD + b"A: \x1b[2J\r\n\r\nok",
    "bad-name": HEAD + b"A(: b\r\n\r\nok",
    "two-lengths": HEAD + b"Content-Length: 3\r\n\r\nok",
    "length-and-chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "negative": OK + b"Content-Length: -2\r\n\r\nok",
    "huge": OK + b"Content-Length: 99999999999999999999999\r\n\r\nok",
    "gzip-coding": OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "no-chunk": CHUNKED + b"zz\r\nok\r\n",
    "unasked-101": b"HTTP/1.1 101 Go\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\nevil",
    "interim-flood": b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000,
    "endless-head": OK + b"A: b\r\n" * 30_000,
    "no-http": b"ok, and nothing else\n",
}
PASSED = {
    "interim": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: evil\r\n\r\n" + WHOLE,
    "more-than-asked": WHOLE + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
    "hides-its-length": HEAD + b"Connection: content-length\r\n\r\nok",
    "trailers": CHUNKED + b"2\r\nok\r\n0\r\nSet-Cookie: evil\r\n\r\n",
    "reason": b"HTTP/1.1 200 <script>evil</script>\r\nContent-Length: 2\r\n\r\nok",
    "own-id": HEAD + b"X-Request-ID: evil\r\n\r\nok",
    "old": b"HTTP/1.0 200 OK\r\n\r\nok",
}
BODILESS = {
    "no-content": b"HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nevil",
    "not-modified": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\nevil",
}
SAID = {**REFUSED, **PASSED, **BODILESS, "good": WHOLE}


def serve(connection: socket.socket) -> None:
    """Say what the path asks for, to each request."""
    with connection, suppress(OSError):
        while request := connection.recv(65536):
            said = SAID[request.split(b" ")[1][1:].decode()]
            connection.sendall(said)
            if said.startswith(b"HTTP/1.0"):
                break


@pytest.fixture(scope="module")
def bad(make_gateway: Callable[..., Any]) -> Iterator[Any]:
    """A gateway to which each kind of badness is a service of its own, so that no breaker counts them together."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=100)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=listener.accept()[:1], daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with make_gateway(dict.fromkeys(SAID, url), check_seconds="0", read_seconds="2") as gateway:
        yield gateway
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


def ask(gateway: Any, say: Callable[..., bytes], name: str, method: str = "GET") -> bytes:
    """Ask for what does harm, then, on the same connection of the client, for something good."""
    first = f"{method} /{name}/{name} HTTP/1.1\r\nHost: x\r\n\r\n"
    second = "GET /good/good HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    return say(gateway, first.encode(), second.encode())


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_answer_is_502(bad: Any, say: Callable[..., bytes], name: str) -> None:
    said = ask(bad, say, name)
    assert re.findall(rb"HTTP/1.1 (\d+)", said) == [b"502", b"200"]
    assert said.endswith(b"\r\n\r\nok")
    assert b"evil" not in said


@pytest.mark.parametrize("name", PASSED)
def test_what_has_more_than_an_answer_loses_it(bad: Any, say: Callable[..., bytes], name: str) -> None:
    for _ in range(3):
        said = ask(bad, say, name)
        assert re.findall(rb"HTTP/1.1 (\d+)", said) == [b"200", b"200"]
        assert said.endswith(b"\r\n\r\nok")
        assert b"evil" not in said


@pytest.mark.parametrize(
    ("method", "name"), [*(("HEAD", name) for name in [*PASSED, *BODILESS]), *(("GET", name) for name in BODILESS)]
)
def test_a_body_where_none_belongs_is_nobodys_answer(
    bad: Any, say: Callable[..., bytes], method: str, name: str
) -> None:
    for _ in range(3):
        first, _, second = ask(bad, say, name, method).partition(b"\r\n\r\n")
        assert re.match(rb"HTTP/1.1 (200|204|304) ", first)
        assert second.startswith(b"HTTP/1.1 200 OK\r\n")
        assert second.endswith(b"\r\n\r\nok")
        assert b"evil" not in first + second


# Longer than what is read at once, 256 KiB, several times: bytes that come together with some of the body are let pass.
@pytest.mark.parametrize("rest", [b"0\r\n" + b"A: b\r\n" * 200_000, b"2;" + b"a" * 1_200_000 + b"\r\nok\r\n0\r\n\r\n"])
def test_an_answer_that_turns_bad_in_its_middle_never_looks_whole(
    raw: Callable[..., Any], say: Any, rest: bytes
) -> None:
    with raw(lambda connection: connection.sendall(CHUNKED + b"2\r\nok\r\n" + rest)) as gateway:
        said = say(gateway, b"GET /up/ HTTP/1.1\r\nHost: x\r\n\r\n")
    assert not said.endswith(b"0\r\n\r\n")
