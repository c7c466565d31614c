"""The server stops gracefully: not ready, then what is in flight finishes, then exit 0."""

import json
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx2
import pytest

from shared.testing import free_port

PROGRAM = """
import asyncio, sys
from contextlib import asynccontextmanager
from fastapi import APIRouter, Request
from shared.app import create_service
from shared.server import serve
from shared.settings import ServiceSettings

router = APIRouter()

@router.get("/slow")
async def slow() -> str:
    await asyncio.sleep(1)
    return "done"

@router.post("/body")
async def body(request: Request) -> int:
    return len(await request.body())

@router.post("/numbers")
async def add(numbers: list[float]) -> float:
    return sum(numbers)

@router.get("/bug")
async def bug() -> None:
    raise RuntimeError("a bug")

@asynccontextmanager
async def lifespan(_):
    yield {}
    print("closed", flush=True)

settings = ServiceSettings(
    port=int(sys.argv[1]), drain_seconds=float(sys.argv[2]), log_format="json", body_seconds=0.5
)
app = create_service(name="x", version="1", summary="", settings=settings, lifespan=lifespan, routers=[router])
serve(app, settings)
"""


JSON_HEAD = b"Content-Type: application/json\r\nContent-Length: 10\r\n\r\n"


@contextmanager
def server(folder: Path, drain_seconds: float = 0) -> Iterator[tuple[subprocess.Popen[bytes], str, Path]]:
    port, log = free_port(), folder / "log"
    with log.open("wb") as output:
        command = [sys.executable, "-c", PROGRAM, str(port), str(drain_seconds)]
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                httpx2.get(f"{url}/livez")
                break
            except httpx2.ConnectError:
                assert process.poll() is None, log.read_text()
                time.sleep(0.05)
        yield process, url, log
    finally:
        process.kill()
        process.wait()


def test_a_request_in_flight_finishes_and_the_exit_status_is_0(tmp_path: Path) -> None:
    with server(tmp_path) as (process, url, log):
        answers: list[httpx2.Response] = []
        asking = threading.Thread(target=lambda: answers.append(httpx2.get(f"{url}/slow", timeout=10)))
        asking.start()
        time.sleep(0.3)
        process.terminate()
        asking.join()
        assert process.wait(10) == 0
        assert answers[0].json() == "done"
        assert "closed" in log.read_text()


def test_while_it_drains_it_serves_but_is_not_ready(tmp_path: Path) -> None:
    with server(tmp_path, drain_seconds=2) as (process, url, _):
        assert httpx2.get(f"{url}/readyz").status_code == 200
        process.terminate()
        time.sleep(0.3)
        ready = httpx2.get(f"{url}/readyz")
        assert (ready.status_code, ready.json()["detail"]) == (503, "The service is stopping.")
        assert httpx2.get(f"{url}/livez").status_code == 200
        assert process.wait(10) == 0


def test_while_it_drains_each_answer_ends_its_connection(tmp_path: Path) -> None:
    with server(tmp_path, drain_seconds=10) as (process, url, _), httpx2.Client(base_url=url) as client:
        assert "connection" not in client.get("/livez").headers
        process.terminate()
        time.sleep(0.3)
        assert client.get("/livez").headers["connection"] == "close"
        assert exchange(url, b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n").endswith(b"}")


def test_a_taken_port_ends_it_with_an_error(tmp_path: Path) -> None:
    with server(tmp_path) as (_, url, _):
        port = url.rpartition(":")[2]
        second = subprocess.run([sys.executable, "-c", PROGRAM, port, "0"], capture_output=True, check=False)
    assert second.returncode == 3
    assert b"address already in use" in second.stdout


@pytest.mark.parametrize("path", ["/slow", "/bug"])
def test_each_request_leaves_one_json_line_with_its_id(tmp_path: Path, path: str) -> None:
    with server(tmp_path) as (process, url, log):
        answer = httpx2.get(f"{url}{path}", headers={"X-Request-ID": "order-17"})
        process.terminate()
        process.wait(10)
        lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
        (line,) = [line for line in lines if line.get("path") == path]
        assert line["status"] == answer.status_code
        assert line["request_id"] == "order-17"
        assert line["milliseconds"] >= 0
        failures = [line for line in lines if "exception" in line]
        assert bool(failures) == (path == "/bug")
        assert all("a bug" in json.dumps(line) for line in failures)


def exchange(url: str, *parts: bytes) -> bytes:
    """Send the parts, then read to the end."""
    port = int(url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        with suppress(ConnectionError):
            for part in parts:
                connection.sendall(part)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ((b"GET / HTTP/1.1\r\nA: " + b"x" * 66_000,), 431),
        ((b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 11_000,), 431),
        ((b"GET /" + b"x" * 66_000,), 431),
        ((b"no http at all\r\n\r\n",), 400),
        ((b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",), 400),
        ((b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",), 400),
        ((b"POST /body HTTP/1.1\r\nConnection: close\r\nContent-Length: 10\r\n\r\nhalf",), 408),
        ((b"POST /numbers HTTP/1.1\r\nConnection: close\r\n" + JSON_HEAD + b"[1, 2",), 408),
    ],
)
def test_http_that_is_malformed_or_without_end_is_a_problem(
    tmp_path: Path, parts: tuple[bytes, ...], status: int
) -> None:
    with server(tmp_path) as (_, url, _):
        head, _, body = exchange(url, *parts).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 %d " % status)
        assert b"content-type: application/problem+json" in head
        assert json.loads(body)["status"] == status
        assert httpx2.get(f"{url}/livez").status_code == 200


def test_a_head_that_arrives_byte_by_byte_ends_its_connection(tmp_path: Path) -> None:
    with server(tmp_path) as (_, url, _), ExitStack() as stack:
        address = "127.0.0.1", int(url.rpartition(":")[2])
        fresh, silent, used = (stack.enter_context(socket.create_connection(address)) for _ in range(3))
        used.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = b""
        while not answer.endswith(b"}"):
            answer += used.recv(65536)
        slow = (fresh, used)
        for connection in slow:
            connection.sendall(b"GET /")
        deadline = time.monotonic() + 15
        while not select.select([silent], [], [], 0.5)[0] and time.monotonic() < deadline:
            for connection in slow:
                with suppress(ConnectionError):
                    connection.sendall(b"x")
        assert silent.recv(1) == b""
        for connection in slow:
            connection.settimeout(5)
            assert b"HTTP/1.1 408" in connection.recv(65536)


@pytest.mark.parametrize("path", [b"/body", b"/numbers"])
def test_a_client_that_leaves_in_mid_upload_leaves_no_traceback(tmp_path: Path, path: bytes) -> None:
    with server(tmp_path) as (process, url, log):
        with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as connection:
            connection.sendall(b"POST " + path + b" HTTP/1.1\r\n" + JSON_HEAD + b"[1, 2")
            time.sleep(0.2)
        time.sleep(0.2)
        process.terminate()
        process.wait(10)
        assert "exception" not in log.read_text()
        assert '"status":499' in log.read_text()


def test_bodies_are_not_taken_for_heads(tmp_path: Path) -> None:
    with server(tmp_path) as (_, url, _), httpx2.Client() as client:
        for size in (100_000, 1_000_000, 10, 500_000):
            assert client.post(f"{url}/body", content=bytes(size)).json() == size
