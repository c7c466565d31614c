"""What is asked again, where, and at whose cost."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from time import monotonic
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from gateway.asking import MAX_ATTEMPTS, Asking, Question
from gateway.balancing.breaker import State
from gateway.configuration import Service
from gateway.measures import Measures
from gateway.routing import Route
from gateway.upstreams import Upstream
from gateway.wire.errors import NotConnectedError, StaleError
from shared.errors import OverloadedError
from shared.testing import free_port

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Once:
    """Answers the first request of each connection, ends it upon the next, and counts both."""

    def __init__(self) -> None:
        self.connections = self.requests = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            for said in (OK, b""):
                await reader.readuntil(b"\r\n\r\n")
                self.requests += 1
                writer.write(said)
        except asyncio.IncompleteReadError:
            pass
        writer.close()


async def passes(_: str) -> bool:
    return True


@asynccontextmanager
async def upstream_at(url: str) -> AsyncIterator[Upstream]:
    terms = Service.model_validate({"instances": [{"url": url}], "wait_seconds": 20})
    upstream = Upstream("up", terms, passes)
    yield upstream
    await upstream.close()


@pytest.fixture
async def once() -> AsyncIterator[tuple[Once, Upstream]]:
    handler = Once()
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    async with upstream_at(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}") as upstream:
        yield handler, upstream
    server.close()
    await asyncio.sleep(0.01)


def asking(upstream: Upstream, method: str = "GET", retries: int = 2) -> Asking:
    options: dict[str, Any] = {"is_open": True, "limit": None, "max_body_bytes": 9}
    route = Route(service="up", name="up", connect_seconds=2, read_seconds=5, retries=retries, **options)
    question = Question(method, b"/", [], None, has_idempotency_key=False, upgrade=False)
    return Asking(upstream, route, question, Measures(CollectorRegistry()))


async def ask(upstream: Upstream, method: str = "GET", retries: int = 2) -> int:
    one = asking(upstream, method, retries)
    try:
        return (await one.ask()).status
    finally:
        one.close()


async def test_what_a_stale_connection_lost_is_asked_again_over_a_new_one(once: tuple[Once, Upstream]) -> None:
    handler, upstream = once
    await asyncio.gather(*(ask(upstream) for _ in range(5)))
    assert await ask(upstream, retries=1) == 200
    assert (handler.connections, handler.requests) == (6, 7)


@pytest.mark.parametrize(("method", "retries"), [("GET", 0), ("POST", 2)])
async def test_what_may_not_be_asked_again_is_sent_once(once: tuple[Once, Upstream], method: str, retries: int) -> None:
    handler, upstream = once
    await ask(upstream)
    with pytest.raises(StaleError):
        await ask(upstream, method, retries)
    assert (handler.connections, handler.requests) == (1, 2)


async def test_a_stale_connection_costs_the_budget(once: tuple[Once, Upstream]) -> None:
    handler, upstream = once
    await ask(upstream)
    while upstream.budget.may_retry(monotonic()):
        upstream.budget.spent(monotonic())
    with pytest.raises(StaleError):
        await ask(upstream)
    assert handler.requests == 2


async def test_stale_connections_do_not_open_the_breaker(once: tuple[Once, Upstream]) -> None:
    _, upstream = once
    for _ in range(20):
        await ask(upstream)
        with pytest.raises(StaleError):
            await ask(upstream, retries=0)
    instance = upstream.service.instances[0]
    assert (instance.breaker.state(monotonic()), instance.load) == (State.CLOSED, 0)


async def test_one_that_is_back_and_refuses_again_gets_time() -> None:
    async with upstream_at(f"http://127.0.0.1:{free_port()}") as upstream:
        began, one = monotonic(), asking(upstream)
        with pytest.raises(NotConnectedError):
            await one.ask()
        one.close()
        assert one.attempts == MAX_ATTEMPTS
        assert monotonic() - began > 2


async def test_what_the_gateway_lacks_is_not_held_against_the_instance(
    once: tuple[Once, Upstream], no_more_files: Callable[[], AbstractContextManager[None]]
) -> None:
    handler, upstream = once
    with no_more_files():
        for _ in range(12):
            with pytest.raises(OverloadedError, match="too many connections"):
                await ask(upstream)
    assert handler.connections == 0
    assert await ask(upstream) == 200
