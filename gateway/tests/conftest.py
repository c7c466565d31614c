"""A gateway process in front of upstreams, all on real sockets."""

import hashlib
import json
import os
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, sync_playwright
from starlette.types import Receive, Scope, Send

from gateway.keys.changes import Holder, NewKey, create, revoke, rotate
from gateway.keys.writing import change
from gateway.testing import Forked, Starter
from shared.testing import CHROMIUM, CHROMIUM_FLAGS, free_port, served, server_process

CHUNK = b"0123456789abcdef" * 4096


async def echo_app(scope: Scope, receive: Receive, send: Send) -> None:
    """Tell what arrived; `/bytes/N` streams N chunks of 64 KiB, `/early` answers before it reads the body."""
    if scope["type"] != "http":
        return
    path = scope["path"]
    if path.startswith("/bytes/"):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(int(path.removeprefix("/bytes/"))):
            await send({"type": "http.response.body", "body": CHUNK, "more_body": True})
        await send({"type": "http.response.body"})
        return
    length, digest, more = 0, hashlib.sha256(), path != "/early"
    while more:
        message = await receive()
        length += len(message.get("body", b""))
        digest.update(message.get("body", b""))
        more = message.get("more_body", False)
    told = {
        "method": scope["method"],
        "target": scope["raw_path"].decode() + "?" + scope["query_string"].decode(),
        "headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in scope["headers"]],
        "length": length,
        "sha256": digest.hexdigest(),
    }
    headers = [
        (b"content-type", b"application/x-told"),
        (b"set-cookie", b"a=1"),
        (b"set-cookie", b"b=2"),
        (b"x-hop", b"dropped"),
        (b"connection", b"keep-alive, x-hop"),
        (b"date", b"Thu, 01 Jan 1970 00:00:00 GMT"),
    ]
    await send({"type": "http.response.start", "status": 418, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(told).encode()})


@contextmanager
def raw_upstream(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Yield the URL of a server that hands each connection's socket to `answer` once a request has begun."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                answer(connection)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


@dataclass
class Gateway:
    """A running gateway."""

    url: str
    process: subprocess.Popen[bytes] | Forked
    upstreams: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port, for raw sockets."""
        return "127.0.0.1", int(self.url.rpartition(":")[2])


MakeGateway = Callable[..., AbstractContextManager[Gateway]]


def environment(upstreams: dict[str, str], **options: str) -> dict[str, str]:
    """Return the variables of a gateway in front of `upstreams`; `options` are its settings."""
    settings = {"wait_seconds": "0", "hosts": "x,example.org", "upstreams": json.dumps(upstreams), **options}
    return {f"GATEWAY_{name.upper()}": value for name, value in settings.items()}


@pytest.fixture(scope="session")
def make_gateway() -> Iterator[MakeGateway]:
    """Runs further gateways, with other settings."""
    starter = Starter()

    @contextmanager
    def make(upstreams: dict[str, str], **options: str) -> Iterator[Gateway]:
        with starter.gateway(environment(upstreams, **options)) as (process, url):
            yield Gateway(url, process)

    yield make
    starter.close()


@pytest.fixture(scope="session")
def echo_url() -> Iterator[str]:
    """The URL of an upstream that tells what arrived."""
    with served(echo_app, date_header=False) as url:
        yield url


@pytest.fixture(scope="session")
def gateway(echo_url: str) -> Iterator[Gateway]:
    """A gateway in front of the echo under `/echo/` and of nothing under `/down/`."""
    variables = environment({"echo": echo_url, "down": f"http://127.0.0.1:{free_port()}"})
    with server_process("gateway", "GATEWAY_", variables) as (process, url):
        yield Gateway(url, process)


@pytest.fixture
def client(gateway: Gateway) -> Iterator[httpx2.Client]:
    """A client of the gateway."""
    with httpx2.Client(base_url=gateway.url, timeout=30) as client:
        yield client


@pytest.fixture
def raw(make_gateway: MakeGateway) -> MakeGateway:
    """Runs a gateway in front of an upstream, `/up/`, that handles the bare connection."""

    @contextmanager
    def gateway_and_upstream(answer: Callable[[socket.socket], None], **options: str) -> Iterator[Gateway]:
        with raw_upstream(answer) as url, make_gateway({"up": url}, check_seconds="0", **options) as gateway:
            yield gateway

    return gateway_and_upstream


@pytest.fixture(scope="session")
def fleet(make_gateway: MakeGateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway before a crystal service, whose models take as long as a hundred tests, and a vision that is away."""
    models, one_thread = str(tmp_path_factory.mktemp("models")), {"OMP_NUM_THREADS": "1"}
    train = [sys.executable, "-m", "crystal.train", "--output", models]
    subprocess.run(train, check=True, env={**os.environ, **one_thread})
    with server_process("crystal", "CRYSTAL_", {"CRYSTAL_MODEL_DIR": models, **one_thread}) as (_, url):
        upstreams = {"crystal": url, "vision": f"http://127.0.0.1:{free_port()}"}
        with make_gateway(upstreams) as gateway:
            yield replace(gateway, upstreams=upstreams)


@dataclass
class Load:
    """Clients that keep asking until told to stop; `failures` are answers that are no success, and exceptions."""

    answers: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


@contextmanager
def load_on(gateway: Gateway, path: str, clients: int = 16, pause: float = 0.02, **request: Any) -> Iterator[Load]:
    """Have `clients` ask for `path` over kept connections all the time; yield what they were told so far."""
    load, stop = Load(), threading.Event()

    def ask_on() -> None:
        connection = HTTPConnection(*gateway.address, timeout=60)
        while not stop.wait(pause):
            try:
                connection.request(request.get("method", "GET"), path, request.get("body"), request.get("headers", {}))
                answer = connection.getresponse()
                told = answer.read().decode()
            except (OSError, HTTPException) as error:
                load.failures.append(repr(error))
                connection.close()
            else:
                (load.answers if answer.status < 400 else load.failures).append(told)
        connection.close()

    threads = [threading.Thread(target=ask_on) for _ in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        stop.set()
        for thread in threads:
            thread.join(70)


@pytest.fixture(scope="session")
def under_load() -> Callable[..., AbstractContextManager[Load]]:
    """Keeps many clients asking."""
    return load_on


@contextmanager
def _no_more_files() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = max(int(entry.name) for entry in Path("/proc/self/fd").iterdir()) + 1
    held = []
    resource.setrlimit(resource.RLIMIT_NOFILE, (used, before[1]))
    try:
        with suppress(OSError):
            while True:
                held.append(socket.socket())
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
        for one in held:
            one.close()


@pytest.fixture(scope="session")
def no_more_files() -> Callable[[], AbstractContextManager[None]]:
    """Lets this process open no further file for a while."""
    return _no_more_files


class KeyRing:
    """A file of API keys, changed as `python -m gateway.keys` changes it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def make(self, consumer: str, *scopes: str, life: timedelta | None = timedelta(days=1)) -> NewKey:
        """Make a key for `consumer`."""
        now = datetime.now(UTC)
        holder, end = Holder(consumer, scopes), None if life is None else now + life
        return change(self.path, lambda entries: create(entries, holder, end, now), create=True)

    def rotate(self, key: NewKey, overlap: timedelta) -> NewKey:
        """Make a key in place of `key`, which expires after `overlap`."""
        return change(self.path, lambda entries: rotate(entries, key.entry.id, overlap, datetime.now(UTC)))

    def revoke(self, key: NewKey) -> None:
        """End `key` at once."""
        change(self.path, lambda entries: revoke(entries, key.entry.id, datetime.now(UTC)))


@pytest.fixture(scope="module")
def key_ring(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    """The keys of a module's gateways."""
    return KeyRing(tmp_path_factory.mktemp("keys") / "keys.json")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    if not CHROMIUM.exists():
        pytest.skip("needs Debian's chromium")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
