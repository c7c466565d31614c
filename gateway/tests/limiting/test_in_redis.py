"""Several gateways share one count, which is the same as one of them keeps in memory."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from gateway.limiting.in_memory import MemoryWindows
from gateway.limiting.in_redis import KEY_PREFIX, RedisWindows
from gateway.limiting.policy import Policy
from gateway.limiting.sliding import has_room, move_to, stand

PATIENT_SECONDS = 20.0
"""For what is no matter of time, on a machine that may be busy."""


@pytest.fixture
async def client(redis: Any) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis.url)
    yield client
    await client.aclose()


@pytest.fixture
async def windows(redis: Any) -> AsyncIterator[RedisWindows]:
    windows = RedisWindows.at(redis.url, PATIENT_SECONDS)
    yield windows
    await windows.close()


async def test_gateways_share_one_count(redis: Any) -> None:
    gateways = [RedisWindows.at(redis.url, PATIENT_SECONDS) for _ in range(3)]
    policy = Policy.parse("p", ["100/day", "500/30 days"])
    taken = await asyncio.gather(*(gateways[number % 3].take(policy, "a") for number in range(300)))
    assert sum(one.granted for one in taken) == 100
    assert sorted(one.remaining for one in taken) == [0] * 200 + list(range(100))
    for gateway in gateways:
        await gateway.close()


async def test_a_refused_request_uses_up_nothing(windows: RedisWindows, client: Redis) -> None:
    policy = Policy.parse("p", ["2/hour", "5/day"])
    assert [(await windows.take(policy, "a")).granted for _ in range(20)] == [True] * 2 + [False] * 18
    stored = await client.hgetall(f"{KEY_PREFIX}p:a")
    assert [value.split()[1] for value in stored.values()] == [b"2", b"2"]


async def test_counts_are_those_of_the_windows_in_memory(windows: RedisWindows, client: Redis) -> None:
    policy = Policy.parse("p", ["60/day", "100/30 days"])
    chance = random.Random(7)  # noqa: S311 no secret
    for case in range(100):
        now = time.time_ns() // 1000
        counts = []
        for rate in policy.rates:
            number = now // rate.window - chance.choice((0, 0, 1, 1, 2))
            counts += [number, chance.randint(0, rate.requests), chance.randint(0, rate.requests)]
            record = " ".join(map(str, counts[-3:]))
            await client.hset(f"{KEY_PREFIX}p:{case}", str(rate.seconds), record)
        taken = await windows.take(policy, str(case))
        move_to(counts, policy, now)
        granted = has_room(counts, policy, now)
        counts[1::3] = [current + granted for current in counts[1::3]]
        expected = stand(counts, policy, now, granted=granted)
        # A window moves on between the two looks at the clock, by less than one of its requests.
        assert abs(taken.remaining - expected.remaining) <= 1
        assert taken.granted == expected.granted or expected.remaining == taken.remaining == 0
        if taken.granted == granted and taken.rate == expected.rate and expected.remaining == taken.remaining > 0:
            assert abs(taken.reset - expected.reset) <= 60


async def test_a_window_passes(windows: RedisWindows) -> None:
    policy = Policy.parse("p", ["5/second"])
    taken = [await windows.take(policy, "a") for _ in range(20)]
    refused = next(one for one in taken if not one.granted)
    await asyncio.sleep(refused.reset)
    assert (await windows.take(policy, "a")).granted


async def test_keys_expire_with_their_windows(windows: RedisWindows, client: Redis) -> None:
    await windows.take(Policy.parse("p", ["5/second", "100/minute"]), "a")
    assert 60 < await client.ttl(f"{KEY_PREFIX}p:a") <= 120


async def test_a_policy_with_other_rates_goes_on_from_the_counts_it_knows(windows: RedisWindows) -> None:
    await windows.take(Policy.parse("p", ["5/day"]), "a")
    taken = await windows.take(Policy.parse("p", ["5/hour", "2/day"]), "a")
    assert taken.granted
    assert taken.remaining == 0


async def test_memory_and_store_refuse_the_same_requests(windows: RedisWindows) -> None:
    policy = Policy.parse("p", ["50/day"])
    memory = MemoryWindows()
    for _ in range(80):
        assert (await windows.take(policy, "a")).granted == memory.take(policy, "a").granted


@asynccontextmanager
async def store_that_says(answer: bytes) -> AsyncIterator[str]:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65536):
            writer.write(answer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1")
    async with server:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"+OK\r\n" * 8,
        b":1\r\n" * 8,
        b"*2\r\n:1\r\n:2\r\n" * 8,
        b"*5\r\n:1\r\n:2\r\n:3\r\n:4\r\n:-5\r\n" * 8,
        b"*5\r\n+1\r\n+2\r\n+3\r\n+4\r\n+5\r\n" * 8,
        b"-OOM command not allowed\r\n" * 8,
        b"\xff" * 100,
        b"$99999999999\r\n",
        b"*-1\r\n" * 8,
        b"",
    ],
)
async def test_rubbish_raises_and_counts_for_nothing(answer: bytes) -> None:
    async with store_that_says(answer) as url:
        windows = RedisWindows.at(url, seconds=0.1)
        with pytest.raises((RedisError, ValueError, TimeoutError)):
            await windows.take(Policy.parse("p", ["5/second"]), "a")
        await windows.close()


async def test_a_value_of_another_kind_under_the_key_raises(windows: RedisWindows, client: Redis) -> None:
    await client.set(f"{KEY_PREFIX}p:a", "mine")
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        await windows.take(Policy.parse("p", ["5/second"]), "a")
    assert (await windows.take(Policy.parse("p", ["5/second"]), "b")).granted


@pytest.mark.parametrize("url", ["http://127.0.0.1:6379", "127.0.0.1:6379", "", "memcached://127.0.0.1"])
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="Shared limits need a URL that begins with one of redis, rediss, unix"):
        RedisWindows.at(url)


async def test_a_valkey_url_is_understood(redis: Any) -> None:
    windows = RedisWindows.at(redis.url.replace("redis://", "valkey://"), PATIENT_SECONDS)
    assert (await windows.take(Policy.parse("p", ["5/second"]), "a")).granted
    await windows.close()
