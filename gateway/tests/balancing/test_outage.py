"""While a service restarts requests wait for it; when it stays away they fail, at once."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

import pytest

from gateway.balancing.attempts import Attempt
from gateway.balancing.breaker import State
from gateway.balancing.outage import Outage
from gateway.balancing.services import Service, UnavailableError

Probe = Callable[[str], Awaitable[bool]]


async def refuses(_: str) -> bool:
    raise ConnectionRefusedError


def out(service: Service) -> None:
    for instance in service.instances:
        instance.refused(monotonic())


def open_breaker(service: Service) -> None:
    (instance,) = service.instances
    while instance.breaker.state(monotonic()) is State.CLOSED:
        with Attempt(instance, monotonic()) as attempt:
            attempt.failed(monotonic())


async def waiters(outage: Outage, count: int) -> list[asyncio.Task[None]]:
    tasks = [asyncio.create_task(outage.wait_until_available()) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


async def test_requests_wait_for_a_service_that_restarts(process: Any, accepts_connections: Probe) -> None:
    service = Service("x", {process.url: 1}, 200)
    outage = Outage(service, accepts_connections, poll_seconds=0.02)
    out(service)
    waiting = await waiters(outage, 20)
    await asyncio.sleep(0.2)
    assert (outage.waiting, any(task.done() for task in waiting)) == (20, False)
    await process.start()
    await asyncio.wait_for(asyncio.gather(*waiting), 5)
    assert service.choose(monotonic()).url == process.url
    assert outage.waiting == 0


async def test_the_first_of_several_instances_is_enough(process: Any, other: Any, accepts_connections: Probe) -> None:
    service = Service("x", {process.url: 1, other.url: 1}, 200)
    outage = Outage(service, accepts_connections, poll_seconds=0.02)
    out(service)
    waiting = await waiters(outage, 2)
    await other.start()
    await asyncio.wait_for(asyncio.gather(*waiting), 5)
    assert service.choose(monotonic()).url == other.url


async def test_a_request_that_gets_through_wakes_the_others() -> None:
    service = Service("x", {"http://a": 1}, 200)
    outage = Outage(service, refuses, poll_seconds=60)
    out(service)
    waiting = await waiters(outage, 3)
    await asyncio.sleep(0.01)
    with Attempt(service.instances[0], monotonic()) as attempt:
        attempt.succeeded(monotonic())
    await asyncio.wait_for(asyncio.gather(*waiting), 5)


async def test_a_new_configuration_wakes_them_too() -> None:
    service = Service("x", {"http://a": 1}, 200)
    outage = Outage(service, refuses)
    out(service)
    waiting = await waiters(outage, 3)
    service.reconfigure({"http://b": 1}, 200)
    await asyncio.wait_for(asyncio.gather(*waiting), 5)
    assert service.choose(monotonic()).url == "http://b"


async def test_an_outage_that_lasts_fails_those_who_wait_and_then_everybody_at_once() -> None:
    service = Service("x", {"http://a": 1}, 200)
    outage = Outage(service, refuses, wait_seconds=0.2, poll_seconds=0.02)
    out(service)
    for result in await asyncio.gather(*await waiters(outage, 5), return_exceptions=True):
        assert isinstance(result, UnavailableError)
        assert result.headers == {"Retry-After": "1"}
    assert outage.seconds_left(monotonic()) == 0
    with pytest.raises(UnavailableError, match="x service"):
        await outage.wait_until_available()
    assert outage.waiting == 0


async def test_the_wait_counts_from_the_first_refusal() -> None:
    service = Service("x", {"http://a": 1}, 200)
    outage = Outage(service, refuses, wait_seconds=10)
    (instance,) = service.instances
    instance.refused(100)
    instance.refused(104)
    assert [outage.seconds_left(now) for now in (104, 110, 111)] == [6, 0, 0]
    outage.wait_seconds = 20
    assert outage.seconds_left(111) == 9


async def test_only_so_many_wait() -> None:
    service = Service("x", {"http://a": 1}, 200)
    outage = Outage(service, refuses, max_waiting=3)
    out(service)
    waiting = await waiters(outage, 3)
    with pytest.raises(UnavailableError, match="3 requests wait"):
        await outage.wait_until_available()
    waiting.pop().cancel()
    await asyncio.sleep(0.01)
    assert outage.waiting == 2
    waiting += await waiters(outage, 1)
    assert outage.waiting == 3
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)


async def test_when_nobody_waits_any_more_nobody_asks() -> None:
    service = Service("x", {"http://a": 1}, 200)
    asked: list[str] = []

    async def probe(url: str) -> bool:
        asked.append(url)
        return False

    outage = Outage(service, probe, poll_seconds=0.01)
    out(service)
    (waiting,) = await waiters(outage, 1)
    await asyncio.sleep(0.1)
    waiting.cancel()
    await asyncio.wait([waiting])
    asked.clear()
    await asyncio.sleep(0.1)
    assert asked == []


async def test_a_second_outage_is_waited_for_as_well(process: Any, accepts_connections: Probe) -> None:
    service = Service("x", {process.url: 1}, 200)
    outage = Outage(service, accepts_connections, poll_seconds=0.02)
    for _ in range(2):
        out(service)
        waiting = await waiters(outage, 2)
        await process.start()
        await asyncio.wait_for(asyncio.gather(*waiting), 5)
        await process.stop()


async def test_a_service_that_is_there_and_fails_is_not_waited_for(process: Any, accepts_connections: Probe) -> None:
    service = Service("x", {process.url: 1}, 200)
    outage = Outage(service, accepts_connections)
    await process.start()
    open_breaker(service)
    # The breaker may be open because the process is gone, so one check is waited for; it says no.
    await asyncio.wait_for(outage.wait_until_available(), 5)
    with pytest.raises(UnavailableError):
        service.choose(monotonic())
    with pytest.raises(UnavailableError):
        await outage.wait_until_available()


async def test_one_whose_end_opened_the_breaker_is_waited_for(process: Any, accepts_connections: Probe) -> None:
    service = Service("x", {process.url: 1}, 200)
    outage = Outage(service, accepts_connections, poll_seconds=0.02)
    open_breaker(service)
    waiting = await waiters(outage, 2)
    await asyncio.sleep(0.1)
    await process.start()
    await asyncio.wait_for(asyncio.gather(*waiting), 5)
    assert service.choose(monotonic()).url == process.url


async def test_an_instance_that_gets_no_requests_wakes_nobody() -> None:
    service = Service("x", {"http://a": 1, "http://b": 0}, 200)
    outage = Outage(service, refuses)
    out(service)
    (waiting,) = await waiters(outage, 1)
    service.instances[1].check_passed()
    await asyncio.sleep(0.01)
    assert not waiting.done()
    waiting.cancel()
    await asyncio.wait([waiting])


async def test_a_second_outage_before_those_of_the_first_have_left_is_polled_for(
    process: Any, accepts_connections: Probe
) -> None:
    service = Service("x", {process.url: 1}, 200)
    again: list[asyncio.Task[None]] = []

    async def refused_again() -> None:
        out(service)
        await outage.wait_until_available()

    def at_once() -> None:
        if not again:
            again.append(asyncio.create_task(refused_again()))

    service.on_return(at_once)
    outage = Outage(service, accepts_connections, poll_seconds=0.02)
    await process.start()
    out(service)
    waiting = await waiters(outage, 2)
    await asyncio.wait_for(asyncio.gather(*waiting), 5)
    await asyncio.wait_for(again[0], 5)
