"""Several instances of a service: one's trouble is nobody's, and the page tells of it."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from shared.testing import free_port, served


class Instance:
    """Answers after `seconds`, and says at /readyz whether it is `ready`."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.ready = True
        self.seen = 0
        self.checked_from = list[int]()

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        status = 200
        if scope["path"] == "/readyz":
            status = 200 if self.ready else 503
            self.checked_from.append(scope["client"][1])
        else:
            self.seen += 1
            await asyncio.sleep(self.seconds)
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"{}"})


class Talker:
    """Says whatever it is told to say."""

    status = 200
    body = b""

    async def __call__(self, _: Scope, __: Receive, send: Send) -> None:
        headers = [(b"location", b"/elsewhere"), (b"content-length", b"%d" % len(self.body))]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


@pytest.fixture(scope="module")
def talker(make_gateway: Callable[..., Any]) -> Iterator[tuple[Talker, str]]:
    """A talker, and the URL of a gateway in front of it."""
    service = Talker()
    with served(service) as url, make_gateway({"up": url}) as gateway:
        yield service, gateway.url


@pytest.fixture
def fleet(tmp_path: Path, make_gateway: Callable[..., Any]) -> Callable[..., Any]:
    """Runs a gateway in front of the instances of `up`, and of other services on the terms given."""

    def run(*urls: str, others: str = "", **options: str) -> Any:
        listed = ", ".join(f'{{url = "{url}"}}' for url in urls)
        file = tmp_path / "gateway.toml"
        file.write_text(f"{others}\n[services.up]\ninstances = [{listed}]\nwait_seconds = 1\n")
        return make_gateway({}, config_file=str(file), **options)

    return run


def until(true: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


def test_one_of_two_dies_and_no_request_fails(fleet: Callable[..., Any], under_load: Callable[..., Any]) -> None:
    stays, dies = Instance(0.02), Instance(0.02)
    port = free_port()
    with served(stays) as one, fleet(one, f"http://127.0.0.1:{port}") as gateway, ExitStack() as alive:
        alive.enter_context(served(dies, port))
        with under_load(gateway, "/up/") as load:
            assert until(lambda: dies.seen > 50)
            alive.close()
            before = stays.seen
            assert until(lambda: stays.seen > before + 200)
    assert load.failures == []


def test_a_slow_instance_gets_fewer_requests(fleet: Callable[..., Any], under_load: Callable[..., Any]) -> None:
    quick, slow = Instance(0.01), Instance(0.5)
    with (
        served(quick) as one,
        served(slow) as two,
        fleet(one, two) as gateway,
        under_load(gateway, "/up/") as load,
    ):
        time.sleep(3)
    assert load.failures == []
    assert slow.seen < quick.seen / 3


def test_checks_take_an_instance_out_and_bring_it_back(fleet: Callable[..., Any]) -> None:
    first, second = Instance(), Instance()

    def asked(instance: Instance) -> bool:
        before = instance.seen
        for _ in range(6):
            assert client.get("/up/").status_code == 200
        return instance.seen > before

    with (
        served(first) as one,
        served(second) as two,
        fleet(one, two, check_seconds="0.2") as gateway,
        httpx2.Client(base_url=gateway.url) as client,
    ):
        assert asked(second)
        second.ready = False
        assert until(lambda: not asked(second))
        second.ready = True
        assert until(lambda: asked(second))


def test_each_check_comes_by_a_connection_of_its_own(fleet: Callable[..., Any]) -> None:
    """Else all of them ask one pod of a Service, whose end would be taken for that of all."""
    instance = Instance()
    with served(instance) as url, fleet(url, check_seconds="0.2"):
        assert until(lambda: len(instance.checked_from) > 3)
    assert len(set(instance.checked_from)) == len(instance.checked_from)


def test_a_service_that_hangs_takes_nobody_elses_place(
    fleet: Callable[..., Any], under_load: Callable[..., Any]
) -> None:
    good, hangs = Instance(), Instance(60)
    with served(good) as one, served(hangs) as two:
        stuck = f'[services.stuck]\ninstances = [{{url = "{two}"}}]\nmax_requests = 8'
        with fleet(one, others=stuck) as gateway, under_load(gateway, "/stuck/", clients=12) as refused:
            assert until(lambda: len(refused.failures) > 20)
            assert hangs.seen == 8
            began = time.monotonic()
            assert httpx2.get(f"{gateway.url}/stuck/").headers["retry-after"] == "1"
            assert httpx2.get(f"{gateway.url}/up/").status_code == 200
            assert time.monotonic() - began < 2
            gateway.process.kill()  # lets the clients go that hang


@pytest.mark.parametrize(
    ("status", "body", "ready", "detail"),
    [
        (200, b'{"checks": {"model": {"detail": "tiny 1"}}}', True, "tiny 1"),
        (200, b"", True, "ready"),
        (200, b'["ok"]', True, "ready"),
        (200, b'{"checks": null}', True, "ready"),
        (200, b"OK\xff", True, "ready"),
        (302, b"", True, "status 302"),
        (404, b"<p>", True, "status 404"),
        (503, b'{"detail": "warming up"}', False, "warming up"),
        (503, b'"no"', False, "status 503"),
    ],
)
def test_health_understands_what_any_service_says(
    talker: tuple[Talker, str], status: int, body: bytes, ready: bool, detail: str
) -> None:
    service, gateway_url = talker
    service.status, service.body = status, body
    told = httpx2.get(f"{gateway_url}/health").json()["services"]["up"]
    assert (told["ready"], told["detail"]) == (ready, detail)
