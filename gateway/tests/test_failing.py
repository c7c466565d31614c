"""What a service does wrong reaches its clients as little as possible, and the gateway does not make it worse."""

import asyncio
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from shared.testing import free_port, served

BREAKS_OFF = 0


class Moody:
    """A service that answers every request with `status`, or not at all, and counts them by method."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.status = 200
        self.seen: Counter[str] = Counter()


@contextmanager
def serving() -> Iterator[Moody]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            self.answer(200 if self.path == "/readyz" else service.status)

        def answer(self, status: int) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            if "chunked" in self.headers.get("transfer-encoding", ""):
                self.rfile.read(5)
                self.close_connection = True
            if self.path != "/readyz":
                service.seen[self.command] += 1
            if status == BREAKS_OFF:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service = Moody(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield service
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def moody() -> Iterator[Moody]:
    with serving() as moody:
        yield moody


@pytest.fixture
def other() -> Iterator[Moody]:
    with serving() as moody:
        yield moody


@pytest.fixture
def configured(tmp_path: Path, make_gateway: Callable[..., Any]) -> Callable[..., Any]:
    """Runs a gateway in front of instances, with further terms of the service `up`."""

    def run(*urls: str, terms: str = "", routes: str = "", **options: str) -> Any:
        listed = ", ".join(f'{{url = "{url}"}}' for url in urls)
        file = tmp_path / "gateway.toml"
        file.write_text(f"[services.up]\ninstances = [{listed}]\nwait_seconds = 0\n{terms}\n{routes}")
        return make_gateway({}, config_file=str(file), **options)

    return run


def test_a_service_that_does_not_connect_in_time_is_503(make_gateway: Callable[..., Any]) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}"
        with make_gateway({"up": url}, connect_seconds="0.3", check_seconds="0") as gateway:
            began = time.monotonic()
            answer = httpx2.get(f"{gateway.url}/up/")
        assert answer.status_code == 503
        assert 0.3 <= time.monotonic() - began < 3
        for client in waiting:
            client.close()


def test_each_route_has_its_own_patience(configured: Callable[..., Any]) -> None:
    async def slow(_: Scope, __: Receive, send: Send) -> None:
        await asyncio.sleep(1)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    patient = '[[routes]]\npath = "/up/long/"\nread_seconds = 9'
    with served(slow) as url, configured(url, terms="read_seconds = 0.3", routes=patient) as gateway:
        assert httpx2.get(f"{gateway.url}/up/").status_code == 504
        assert httpx2.get(f"{gateway.url}/up/long/", timeout=9).status_code == 200


def test_what_is_idempotent_is_asked_again(moody: Moody, configured: Callable[..., Any]) -> None:
    moody.status = BREAKS_OFF
    with configured(moody.url) as gateway:
        assert httpx2.get(f"{gateway.url}/up/").status_code == 502
        assert httpx2.put(f"{gateway.url}/up/", content=b"x").status_code == 502
        assert httpx2.delete(f"{gateway.url}/up/").status_code == 502
    assert moody.seen == {"GET": 3, "PUT": 3, "DELETE": 3}


@pytest.mark.parametrize(("headers", "times"), [({}, 1), ({"Idempotency-Key": "7"}, 3)])
def test_a_post_is_asked_again_only_with_an_idempotency_key(
    moody: Moody, configured: Callable[..., Any], headers: dict[str, str], times: int
) -> None:
    moody.status = BREAKS_OFF
    with configured(moody.url) as gateway:
        assert httpx2.post(f"{gateway.url}/up/", content=b"x", headers=headers).status_code == 502
    assert moody.seen == {"POST": times}


def test_a_body_that_is_passed_on_as_it_comes_is_sent_once(moody: Moody, configured: Callable[..., Any]) -> None:
    def slowly() -> Iterator[bytes]:
        yield b"x" * 100
        time.sleep(0.3)
        yield b"x" * 100

    moody.status = BREAKS_OFF
    with configured(moody.url) as gateway:
        assert httpx2.put(f"{gateway.url}/up/", content=slowly()).status_code == 502
    assert moody.seen == {"PUT": 1}


def test_a_route_says_how_often_it_is_retried(moody: Moody, configured: Callable[..., Any]) -> None:
    moody.status = BREAKS_OFF
    with configured(moody.url, routes='[[routes]]\npath = "/up/once/"\nretries = 0') as gateway:
        httpx2.get(f"{gateway.url}/up/once/")
    assert moody.seen == {"GET": 1}


def test_another_instance_is_asked_instead_of_one_that_fails(
    moody: Moody, other: Moody, configured: Callable[..., Any]
) -> None:
    moody.status = 502
    with configured(moody.url, other.url) as gateway, httpx2.Client() as client:
        assert {client.get(f"{gateway.url}/up/").status_code for _ in range(30)} == {200}
    assert 1 <= moody.seen["GET"] <= 10


def test_a_service_that_fails_gets_a_fifth_more_requests_at_most(
    moody: Moody, other: Moody, configured: Callable[..., Any]
) -> None:
    moody.status = other.status = 503
    with configured(moody.url, other.url) as gateway, httpx2.Client() as client:
        began = time.monotonic()
        for _ in range(500):
            assert client.get(f"{gateway.url}/up/").status_code == 503
        seconds = max(10, time.monotonic() - began)
    asked = moody.seen["GET"] + other.seen["GET"]
    assert 500 < asked <= 500 + 0.2 * 500 + 3 * seconds


def test_the_breaker_opens_and_a_trial_closes_it(moody: Moody, configured: Callable[..., Any]) -> None:
    def state() -> str:
        told: str = client.get("/health").json()["services"]["up"]["instances"][0]["breaker"]
        return told

    moody.status = 502
    with configured(moody.url) as gateway, httpx2.Client(base_url=gateway.url) as client:
        statuses = [client.post("/up/").status_code for _ in range(9)]
        assert (set(statuses), state()) == ({502}, "closed")
        assert client.post("/up/").status_code == 502
        assert state() == "open"
        asked = moody.seen["POST"]
        refusal = client.post("/up/")
        assert (refusal.status_code, moody.seen["POST"]) == (503, asked)
        assert 1 <= int(refusal.headers["retry-after"]) <= 5
        moody.status = 200
        time.sleep(int(refusal.headers["retry-after"]))
        assert state() == "half-open"
        assert client.post("/up/").status_code == 200
        assert state() == "closed"


@pytest.mark.parametrize("rest", [b"Content-Length: 9\r\n\r\nhalf", b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"])
def test_answers_that_are_cut_off_open_the_breaker(raw: Callable[..., Any], rest: bytes) -> None:
    def state() -> str:
        told: str = client.get("/health").json()["services"]["up"]["instances"][0]["breaker"]
        return told

    said = b"HTTP/1.1 200 OK\r\n" + rest
    with raw(lambda up: up.sendall(said)) as gateway, httpx2.Client(base_url=gateway.url) as client:
        for number in range(10):
            assert state() == "closed", number
            with pytest.raises(httpx2.RemoteProtocolError):
                client.get("/up/")
        assert state() == "open"


def test_after_the_wait_for_a_service_that_stays_down_it_is_503_at_once(make_gateway: Callable[..., Any]) -> None:
    gone = f"http://127.0.0.1:{free_port()}"
    with (
        make_gateway({"up": gone}, wait_seconds="1.5", check_seconds="0.5") as gateway,
        httpx2.Client(base_url=gateway.url, timeout=20) as client,
    ):
        began = time.monotonic()
        assert client.get("/up/").status_code == 503
        waited = time.monotonic() - began
        began = time.monotonic()
        answers = [client.post("/up/") for _ in range(5)]
        assert time.monotonic() - began < 1
        assert {answer.status_code for answer in answers} == {503}
        assert all(int(answer.headers["retry-after"]) >= 1 for answer in answers)
        assert waited < 3
