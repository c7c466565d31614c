"""Bodies of any size and kind pass as they come, no faster than they are taken, and end when the client leaves."""

import asyncio
import resource
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from shared.testing import served

MIB = 1 << 20
PAGE = resource.getpagesize()
READ_SECONDS = 4
PART = b"p" * 65536


class Streams:
    """A service whose answers and bodies take their time; it notes what it gave, what it got and who left."""

    def __init__(self, folder: Path) -> None:
        self.given = self.got = self.left = self.begun = 0
        self.file = folder / "digits.txt"
        self.file.write_bytes(b"0123456789" * 100)
        self.app = Starlette(
            routes=[
                Route("/events", self.events),
                Route("/poll", self.poll),
                Route("/file", lambda _: FileResponse(self.file)),
                Route("/endless", self.endless),
                Route("/upload", self.upload, methods=["POST"]),
            ]
        )

    async def events(self, _: Request) -> Response:
        async def parts() -> Any:
            try:
                for number in range(1000):
                    yield f"id: {number}\ndata: tick\n\n".encode()
                    self.given += 1
                    await asyncio.sleep(0.2)
            finally:
                self.left += 1

        return StreamingResponse(parts(), media_type="text/event-stream")

    async def poll(self, request: Request) -> Response:
        for _ in range(int(request.query_params["seconds"]) * 20):
            if await request.is_disconnected():
                self.left += 1
                break
            await asyncio.sleep(0.05)
        return PlainTextResponse("news")

    async def endless(self, _: Request) -> Response:
        async def parts() -> Any:
            try:
                while True:
                    yield PART
                    self.given += len(PART)
                    await asyncio.sleep(0)
            finally:
                self.left += 1

        return StreamingResponse(parts())

    async def upload(self, request: Request) -> Response:
        self.begun += 1
        try:
            async for part in request.stream():
                self.got += len(part)
                if "slow" in request.query_params and self.got > MIB:
                    await asyncio.sleep(20)
                    break
        except ClientDisconnect:
            self.left += 1
        return PlainTextResponse(str(self.got))


@pytest.fixture(scope="module")
def streams(tmp_path_factory: pytest.TempPathFactory) -> Streams:
    return Streams(tmp_path_factory.mktemp("streams"))


@pytest.fixture(scope="module")
def gateway(streams: Streams, make_gateway: Callable[..., Any]) -> Iterator[Any]:
    with served(streams.app) as url, make_gateway({"up": url}, read_seconds=str(READ_SECONDS)) as gateway:
        yield gateway


@pytest.fixture(autouse=True)
def afresh(streams: Streams) -> None:
    streams.given = streams.got = streams.left = streams.begun = 0


def until(true: Callable[[], bool], seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


def resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE


def requests_at(gateway: Any) -> int:
    return int(httpx2.get(f"{gateway.url}/health").json()["services"]["up"]["instances"][0]["requests"])


def raw_request(gateway: Any, request: str) -> socket.socket:
    client = socket.create_connection(gateway.address, timeout=10)
    client.sendall(request.encode())
    return client


def send_until_blocked(client: socket.socket) -> int:
    """Send parts of a body until none is taken for half a second; return how many bytes went."""
    client.settimeout(0.5)
    sent = 0
    try:
        while True:
            sent += client.send(PART)
    except TimeoutError:
        return sent


def test_events_pass_one_by_one(client: httpx2.Client, streams: Streams) -> None:
    with client.stream("GET", "/up/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for number, part in enumerate(answer.iter_raw()):
            assert part == f"id: {number}\ndata: tick\n\n".encode()
            assert streams.given <= number + 1
            if number == 5:
                break
    assert until(lambda: streams.left == 1)


@pytest.mark.parametrize("path", ["events", "poll?seconds=9", "endless"])
def test_a_client_that_leaves_is_missed_by_the_service_at_once(gateway: Any, streams: Streams, path: str) -> None:
    with raw_request(gateway, f"GET /up/{path} HTTP/1.1\r\nHost: x\r\n\r\n"):
        time.sleep(0.5)
        assert streams.left == 0
        left = time.monotonic()
    assert until(lambda: streams.left == 1)
    assert time.monotonic() - left < 1


@pytest.mark.parametrize("framing", ["Content-Length: 999999\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n186a0\r\n"])
def test_a_client_that_leaves_in_mid_upload_is_missed_at_once(gateway: Any, streams: Streams, framing: str) -> None:
    with raw_request(gateway, f"POST /up/upload HTTP/1.1\r\nHost: x\r\n{framing}" + "x" * 100_000):
        assert until(lambda: streams.got == 100_000)
        left = time.monotonic()
    assert until(lambda: streams.left == 1)
    assert time.monotonic() - left < 1


def test_a_client_that_leaves_while_the_service_takes_nothing(gateway: Any, streams: Streams) -> None:
    head = "POST /up/upload?slow HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n"
    with raw_request(gateway, head) as client:
        send_until_blocked(client)
        assert requests_at(gateway) == 1
    assert until(lambda: requests_at(gateway) == 0, READ_SECONDS + 2)
    assert streams.begun == 1


def test_a_long_poll_is_answered_when_there_is_news(client: httpx2.Client) -> None:
    assert client.get("/up/poll?seconds=3").text == "news"


def test_ranges_of_a_file(client: httpx2.Client) -> None:
    whole = client.get("/up/file")
    assert (whole.status_code, whole.headers["accept-ranges"]) == (200, "bytes")
    part = client.get("/up/file", headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.text, part.headers["content-range"]) == (206, "56789", "bytes 5-9/1000")
    assert client.get("/up/file", headers={"Range": "bytes=0-1,8-9"}).headers["content-type"].startswith("multipart/")
    assert client.get("/up/file", headers={"Range": "bytes=1000-"}).status_code == 416
    for condition, status in ((whole.headers["etag"], 206), ('"x"', 200)):
        headers = {"Range": "bytes=0-1", "If-Range": condition}
        assert client.get("/up/file", headers=headers).status_code == status
    assert client.head("/up/file").headers["content-length"] == "1000"


def test_a_slow_reader_slows_the_service_down(gateway: Any, streams: Streams) -> None:
    before = resident_bytes(gateway.process.pid)
    with raw_request(gateway, "GET /up/endless HTTP/1.1\r\nHost: x\r\n\r\n") as client:
        client.recv(1000)
        time.sleep(1)
        given = streams.given
        time.sleep(1)
        assert streams.given == given
        received = 0
        while received < 64 * MIB:
            received += len(client.recv(MIB))
        assert resident_bytes(gateway.process.pid) - before < 8 * MIB


def test_a_service_that_takes_its_time_slows_the_upload_down(gateway: Any) -> None:
    before = resident_bytes(gateway.process.pid)
    head = f"POST /up/upload?slow HTTP/1.1\r\nHost: x\r\nContent-Length: {64 * MIB}\r\n\r\n"
    with raw_request(gateway, head) as client:
        assert send_until_blocked(client) < 32 * MIB
        assert resident_bytes(gateway.process.pid) - before < 8 * MIB


def test_100_continue_is_said_when_the_body_is_wanted(gateway: Any) -> None:
    head = "POST /up/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"
    with raw_request(gateway, head) as client:
        assert client.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"body")
        assert client.recv(1000).startswith(b"HTTP/1.1 200")


def test_a_body_that_is_not_wanted_is_refused_before_it_is_sent(gateway: Any) -> None:
    head = f"POST /up/upload HTTP/1.1\r\nHost: x\r\nContent-Length: {6 << 30}\r\nExpect: 100-continue\r\n\r\n"
    with raw_request(gateway, head) as client:
        assert client.recv(1000).startswith(b"HTTP/1.1 413")


def test_whoever_is_unknown_is_told_before_the_body_is_sent(
    tmp_path: Path, make_gateway: Callable[..., Any], echo_url: str
) -> None:
    (tmp_path / "keys.json").write_text("[]")
    head = "POST /echo/ HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"
    with (
        make_gateway({"echo": echo_url}, keys_file=str(tmp_path / "keys.json")) as gateway,
        raw_request(gateway, head) as client,
    ):
        assert client.recv(1000).startswith(b"HTTP/1.1 401")


def test_streams_of_a_revoked_key_end_and_others_go_on(
    streams: Streams, make_gateway: Callable[..., Any], key_ring: Any
) -> None:
    kept, revoked = (key_ring.make(name, "up:read") for name in ("ada", "bob"))
    with (
        served(streams.app) as url,
        make_gateway({"up": url}, keys_file=str(key_ring.path)) as gateway,
        httpx2.Client(base_url=gateway.url, timeout=5) as client,
        client.stream("GET", "/up/events", headers={"X-API-Key": kept.text}) as going_on,
        client.stream("GET", "/up/events", headers={"X-API-Key": revoked.text}) as ending,
    ):
        parts = going_on.iter_raw()
        assert next(parts).startswith(b"id: 0\n")
        key_ring.revoke(revoked)
        with pytest.raises(httpx2.RemoteProtocolError):
            b"".join(ending.iter_raw())
        assert until(lambda: streams.left == 1)
        assert (next(parts)[:4], streams.left) == (b"id: ", 1)


def test_a_request_of_a_revoked_key_that_waits_for_its_answer_is_refused(
    streams: Streams, make_gateway: Callable[..., Any], key_ring: Any
) -> None:
    key = key_ring.make("ada", "up:read")
    request = f"GET /up/poll?seconds=9 HTTP/1.1\r\nHost: x\r\nX-API-Key: {key.text}\r\n\r\n"
    with (
        served(streams.app) as url,
        make_gateway({"up": url}, keys_file=str(key_ring.path)) as gateway,
        raw_request(gateway, request) as client,
    ):
        time.sleep(0.3)
        key_ring.revoke(key)
        assert client.recv(1000).startswith(b"HTTP/1.1 401 ")


def test_a_gateway_that_stops_ends_streams_when_its_time_is_over(
    streams: Streams, make_gateway: Callable[..., Any]
) -> None:
    with (
        served(streams.app) as url,
        make_gateway({"up": url}, shutdown_seconds="1") as gateway,
        raw_request(gateway, "GET /up/events HTTP/1.1\r\nHost: x\r\n\r\n") as client,
    ):
        assert client.recv(1000).startswith(b"HTTP/1.1 200")
        gateway.process.terminate()
        assert gateway.process.wait(10) == 0
        assert until(lambda: streams.left == 1)


@pytest.fixture
def impatient(streams: Streams, make_gateway: Callable[..., Any]) -> Iterator[Any]:
    with served(streams.app) as url, make_gateway({"up": url}, client_seconds="1") as gateway:
        yield gateway


def test_a_client_that_reads_slowly_is_not_cut_off(impatient: Any, streams: Streams) -> None:
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        client.settimeout(10)
        client.connect(impatient.address)
        client.sendall(b"GET /up/endless HTTP/1.1\r\nHost: x\r\n\r\n")
        began = time.monotonic()
        while time.monotonic() - began < 5:
            assert client.recv(8192)
            time.sleep(0.05)
        assert streams.left == 0


def test_a_client_that_reads_nothing_is_cut_off(impatient: Any, streams: Streams) -> None:
    with raw_request(impatient, "GET /up/endless HTTP/1.1\r\nHost: x\r\n\r\n"):
        assert until(lambda: streams.given > MIB)
        assert until(lambda: streams.left == 1)
        assert requests_at(impatient) == 0
