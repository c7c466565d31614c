"""The issuer's keys over time: shared, renewed, kept while it is down."""

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from gateway.tokens.key_source import KeySource
from shared.errors import ProblemError

ALGORITHMS = ("RS256", "EdDSA")


@pytest.fixture
def make_source(host: Any, session: aiohttp.ClientSession, clock: Any) -> Callable[[], KeySource]:
    return lambda: KeySource(session, host.url, ALGORITHMS, clock)


@pytest.fixture
def source(make_source: Callable[[], KeySource]) -> KeySource:
    return make_source()


async def down(_: web.Request) -> web.Response:
    return web.Response(status=500)


async def garbage(_: web.Request) -> web.Response:
    return web.Response(body=b'{"keys": [{"kty": ')


async def renewed(source: KeySource) -> None:
    source.keep_fresh()
    assert source._fetching  # noqa: SLF001 nothing but the task itself tells when it has ended
    await source._fetching  # noqa: SLF001


async def test_the_first_need_is_one_fetch_for_all(source: KeySource, host: Any) -> None:
    source.keep_fresh()
    assert host.asked == 0
    found = await asyncio.gather(*(source.find("rsa", "RS256") for _ in range(50)))
    assert all(found)
    assert host.asked == 1


async def test_a_request_that_is_cancelled_takes_no_fetch_from_the_others(source: KeySource, host: Any) -> None:
    wait = asyncio.Event()

    async def answer(_: web.Request) -> web.Response:
        await wait.wait()
        return web.Response(body=host.document)

    host.answer = answer
    first, second = (asyncio.ensure_future(source.find("rsa", "RS256")) for _ in range(2))
    await host.reached.wait()
    first.cancel()
    wait.set()
    assert await second
    assert host.asked == 1


async def test_keys_are_renewed_in_the_background_before_they_are_too_old(
    source: KeySource, host: Any, clock: Any, keys: Any
) -> None:
    host.headers = {"Cache-Control": "max-age=1000"}
    assert await source.find("ed", "EdDSA")
    clock.seconds += 799
    source.keep_fresh()
    assert host.asked == 1
    host.keys = [keys.rsa]
    clock.seconds += 1
    await renewed(source)
    assert (host.asked, source.version) == (2, 2)
    clock.seconds += 31
    assert await source.find("ed", "EdDSA") is None


async def test_the_same_keys_again_are_no_new_version(source: KeySource, host: Any, clock: Any) -> None:
    await source.find("ed", "EdDSA")
    clock.seconds += 10_000
    await renewed(source)
    assert (host.asked, source.version) == (2, 1)


@pytest.mark.parametrize("answer", [down, garbage])
async def test_the_last_good_keys_stay_while_the_issuer_is_down(
    source: KeySource, host: Any, clock: Any, answer: Any
) -> None:
    assert await source.find("ed", "EdDSA")
    host.answer = answer
    for _ in range(3):
        clock.seconds += 100_000
        await renewed(source)
        source.keep_fresh()
        assert await source.find("ed", "EdDSA")
    assert (host.asked, source.version) == (4, 1)
    clock.seconds += 30
    host.answer = None
    await renewed(source)
    assert host.asked == 5


async def test_an_unknown_key_is_looked_for_once_in_half_a_minute(
    source: KeySource, host: Any, clock: Any, keys: Any
) -> None:
    assert await source.find("ed-2", "EdDSA") is None
    assert host.asked == 1, "what was fetched for this very question is not fetched again"
    host.keys.append(keys.next_ed)
    found = await asyncio.gather(*(source.find("ed-2", "EdDSA") for _ in range(50)))
    assert all(found)
    assert host.asked == 2
    for number in range(50):
        assert await source.find(f"unknown-{number}", "EdDSA") is None
    assert host.asked == 2
    clock.seconds += 30
    assert await source.find("unknown", "EdDSA") is None
    assert host.asked == 3


async def test_a_token_that_names_no_key_causes_no_fetch(source: KeySource, host: Any, keys: Any) -> None:
    host.keys.append(keys.next_ed)
    assert await source.find("ed", "EdDSA")
    assert await source.find(None, "EdDSA") is None
    assert host.asked == 1


async def test_without_any_keys_it_says_when_to_try_again(source: KeySource, host: Any, clock: Any) -> None:
    host.answer = down
    pauses = []
    for fetches in range(1, 8):
        for _ in range(5):
            with pytest.raises(ProblemError, match="does not publish its keys") as caught:
                await source.find("ed", "EdDSA")
            assert (caught.value.status, host.asked) == (503, fetches)
        pauses.append(int((caught.value.headers or {})["Retry-After"]))
        clock.seconds += pauses[-1]
    assert pauses == [1, 2, 4, 8, 16, 30, 30]
    host.answer = None
    assert await source.find("ed", "EdDSA")


async def test_closing_stops_a_fetch(source: KeySource, host: Any) -> None:
    async def answer(_: web.Request) -> web.Response:
        await asyncio.sleep(60)
        return web.Response()

    host.answer = answer
    waiting = asyncio.ensure_future(source.find("ed", "EdDSA"))
    await host.reached.wait()
    await source.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await source.close()
