"""Each service ends and begins anew while many clients ask: no idempotent request fails.

Run as a program, this is the service: `python test_restarts.py PORT`.
"""

import asyncio
import itertools
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import httpx2
import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from shared.testing import free_port

KEYED = {"method": "POST", "body": b"x", "headers": {"Idempotency-Key": "order-17"}}


async def service(_: Scope, __: Receive, send: Send) -> None:
    """Take 5 to 50 ms, so that requests are under way whenever the process ends."""
    await asyncio.sleep(0.005 * (1 + next(turns) % 10))
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


turns = itertools.count()


class Process:
    """The service as a process on a port of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen([sys.executable, __file__, str(self.port)])

    def stop(self, sign: signal.Signals) -> None:
        self._process.send_signal(sign)
        self._process.wait(20)


@pytest.fixture
def services() -> Iterator[dict[str, Process]]:
    services = {name: Process() for name in ("one", "two")}
    yield services
    for process in services.values():
        process.stop(signal.SIGKILL)


def until(true: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


def answers(url: str) -> bool:
    try:
        return httpx2.get(url).status_code == 200
    except httpx2.TransportError:
        return False


def await_answers(count: int, load: Any) -> None:
    """Wait until so many more requests were answered."""
    enough = len(load.answers) + count
    assert until(lambda: len(load.answers) >= enough)


@pytest.mark.parametrize("check_seconds", ["0.5", "0"])
def test_no_idempotent_request_fails_while_services_restart(
    services: dict[str, Process],
    make_gateway: Callable[..., Any],
    under_load: Callable[..., Any],
    check_seconds: str,
) -> None:
    urls = {name: process.url for name, process in services.items()}
    for url in urls.values():
        assert until(partial(answers, url))
    with make_gateway(urls, wait_seconds="30", check_seconds=check_seconds) as gateway:
        for (name, process), sign in zip(services.items(), (signal.SIGTERM, signal.SIGKILL), strict=True):
            with under_load(gateway, f"/{name}/", 16) as gets, under_load(gateway, f"/{name}/", 4, **KEYED) as posts:
                for downtime in (0, 1.0):
                    await_answers(50, gets)
                    process.stop(sign)
                    time.sleep(downtime)
                    process.start()
                    await_answers(50, gets)
                    await_answers(5, posts)
            assert (gets.failures, posts.failures) == ([], [])


if __name__ == "__main__":
    uvicorn.run(service, port=int(sys.argv[1]), lifespan="off", ws="none", log_level="critical")
