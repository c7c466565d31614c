"""Every instance is checked for ever, one check at a time, and nothing a probe does ends that."""

import asyncio
import errno
import socket
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from time import monotonic
from typing import Any

from gateway.balancing.checking import check_for_ever
from gateway.balancing.services import Service

Probe = Callable[[str], Awaitable[bool]]
EVERY = 0.02


@asynccontextmanager
async def checked(service: Service, probe: Probe, patience: float = 2, every: float = EVERY) -> AsyncIterator[None]:
    checking = asyncio.create_task(check_for_ever(service, probe, every=every, patience=patience))
    yield
    assert not checking.done()
    checking.cancel()
    await asyncio.wait([checking])
    assert checking.cancelled()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 what is waited for tells nobody
            await asyncio.sleep(0.005)


async def test_an_instance_is_missed_when_it_goes_and_found_when_it_comes(
    process: Any, accepts_connections: Probe
) -> None:
    service = Service("x", {process.url: 1}, 10)
    (instance,) = service.instances
    await process.start()
    async with checked(service, accepts_connections):
        await until(lambda: instance.next_check > 0)
        assert instance.healthy
        await process.stop()
        await until(lambda: not instance.healthy)
        assert service.out_since is not None
        assert instance.next_check - monotonic() < 1
        await process.start()
        await until(lambda: instance.healthy)
        assert service.choose(monotonic()) is instance


async def test_it_takes_two_failures_to_be_unhealthy() -> None:
    service = Service("x", {"http://a": 1}, 10)
    (instance,) = service.instances
    health: list[bool] = []

    async def probe(_: str) -> bool:
        health.append(instance.healthy)
        return False

    async with checked(service, probe):
        await until(lambda: len(health) >= 4)
    assert health[:4] == [True, True, False, False]


async def test_whatever_a_probe_raises_counts_as_failed_and_ends_nothing() -> None:
    service = Service("x", {"http://a": 1, "http://b": 1}, 10)
    calls: Counter[str] = Counter()

    async def probe(url: str) -> bool:
        calls[url] += 1
        if url == "http://a" and calls[url] < 5:
            raise ZeroDivisionError
        return True

    broken, sound = service.instances
    async with checked(service, probe):
        await until(lambda: not broken.healthy)
        assert sound.healthy
        await until(lambda: broken.healthy)


async def test_no_file_for_a_check_is_not_the_instances_fault(
    no_more_files: Callable[[], AbstractContextManager[None]],
) -> None:
    service = Service("x", {"http://a": 1}, 10)
    (instance,) = service.instances
    failures: list[int | None] = []
    held: list[socket.socket] = []

    async def probe(_: str) -> bool:
        try:
            held.append(socket.socket())  # and keep it: what other threads close meanwhile can be used again
        except OSError as error:
            failures.append(error.errno)
            raise
        return True

    async with checked(service, probe):
        await until(lambda: instance.next_check > 0)
        with no_more_files():
            await until(lambda: len(failures) > 3)
        assert set(failures) == {errno.EMFILE}
        assert (instance.healthy, instance.out_since) == (True, None)
    for one in held:
        one.close()


async def test_a_probe_that_is_cancelled_from_inside_is_made_again() -> None:
    service = Service("x", {"http://a": 1}, 10)
    calls: list[str] = []

    async def probe(url: str) -> bool:
        calls.append(url)
        if len(calls) == 1:
            raise asyncio.CancelledError
        return True

    async with checked(service, probe):
        await until(lambda: len(calls) > 2)


async def test_checks_that_hang_fail_and_never_pile_up() -> None:
    service = Service("x", {"http://hangs": 1, "http://answers": 1}, 10)
    running: Counter[str] = Counter()
    most: Counter[str] = Counter()
    calls: Counter[str] = Counter()

    async def probe(url: str) -> bool:
        calls[url] += 1
        running[url] += 1
        most[url] = max(most[url], running[url])
        try:
            await asyncio.sleep(60 if url == "http://hangs" else 0)
        finally:
            running[url] -= 1
        return True

    hanging, sound = service.instances
    async with checked(service, probe, patience=0.2):
        await until(lambda: not hanging.healthy)
        assert sound.healthy
    assert most == {"http://hangs": 1, "http://answers": 1}
    assert calls["http://answers"] > calls["http://hangs"]
    assert running.total() == 0


async def test_the_first_checks_are_spread_over_the_interval() -> None:
    service = Service("x", {f"http://{number}": 1 for number in range(4)}, 10)
    began: dict[str, float] = {}

    async def probe(url: str) -> bool:
        began.setdefault(url, monotonic())
        return True

    async with checked(service, probe, every=0.8):
        await until(lambda: len(began) == 4)
    first, *others = began.values()
    assert [round((time - first) / 0.2) for time in others] == sorted(round((time - first) / 0.2) for time in others)
    assert others[-1] - first > 0.5


async def test_instances_that_are_configured_later_are_checked_and_others_no_more() -> None:
    service = Service("x", {"http://a": 1}, 10)
    asked: list[str] = []

    async def probe(url: str) -> bool:
        asked.append(url)
        return True

    async with checked(service, probe):
        await until(lambda: "http://a" in asked)
        service.reconfigure({"http://b": 1}, 10)
        await until(lambda: "http://b" in asked)
        asked.clear()
        await until(lambda: len(asked) >= 3)
    assert set(asked) == {"http://b"}
