"""What is large, many or misleading harms nobody."""

import gzip
import re
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest

GET = b"GET /up/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"

Say = Callable[..., bytes]


def test_a_gzip_bomb_passes_unharmed(attacked: Any, client: httpx2.Client, say: Say) -> None:
    def resident() -> int:
        status = Path(f"/proc/{attacked.process.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) << 10

    say(attacked, GET + b"\r\n")
    before = resident()
    with client.stream("GET", f"{attacked.url}/up/bomb") as answer:
        assert answer.headers["content-encoding"] == "gzip"
        assert b"".join(answer.iter_raw())[10:] == gzip.compress(bytes(32 << 20))[10:]
    assert resident() - before < 16 << 20


def test_many_idle_connections_are_in_nobodys_way(attacked: Any, say: Say) -> None:
    with ExitStack() as stack:
        idle = [stack.enter_context(socket.create_connection(attacked.address)) for _ in range(500)]
        for connection in idle[::2]:
            connection.sendall(b"GET /up/a HTT")
        assert say(attacked, GET + b"\r\n").endswith(b"\r\n\r\n/a")


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_no_request_writes_a_line_of_its_own_into_the_log(
    recorder: Any, make_gateway: Callable[..., Any], log_format: str, say: Say
) -> None:
    with make_gateway({"up": recorder.url}, check_seconds="0", log_format=log_format) as gateway:
        say(gateway, b"GET /up/%0d%0a{%22event%22:%22forged%22}%E2%80%A8 HTTP/1.1\r\nHost: x\r\n\r\n", until=b"event")
        say(gateway, GET + b"X-Forwarded-For: a\x85forged\r\nX-Request-ID: forged\x85\r\n\r\n")
        time.sleep(0.2)
        lines = Path(f"/proc/{gateway.process.pid}/fd/1").read_bytes().split(b"\n")
    assert len([line for line in lines if b"/up/" in line]) == 2
    assert not [line for line in lines if line.strip().startswith((b'{"event":"forged', b"forged"))]


def test_a_body_that_trickles_in_loses_its_place(recorder: Any, make_gateway: Callable[..., Any]) -> None:
    head = b"POST /up/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
    with make_gateway({"up": recorder.url}, check_seconds="0", max_requests="1") as gateway:
        with socket.create_connection(gateway.address, timeout=0.1) as slow:
            slow.sendall(head)
            deadline, said = time.monotonic() + 25, b""
            while not said and time.monotonic() < deadline:
                slow.sendall(b"x")
                with suppress(TimeoutError):
                    said = slow.recv(65536)
        assert said.startswith(b"HTTP/1.1 408 ")
        assert httpx2.get(f"{gateway.url}/up/a").status_code == 200
