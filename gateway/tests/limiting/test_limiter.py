"""Limits hold, and no request is lost or left hanging, whatever becomes of the shared store."""

import asyncio
from collections.abc import AsyncIterator
from time import monotonic
from typing import Any

import pytest
from structlog.testing import capture_logs

from gateway.limiting.in_memory import MemoryWindows
from gateway.limiting.in_redis import RedisWindows
from gateway.limiting.limiter import Limiter
from gateway.limiting.policy import Policy
from shared.errors import ProblemError

PATIENT_SECONDS = 20.0
LONG_ENOUGH = 30.0
"""For the store to be back, on a machine that may be busy."""
WIDE = Policy.parse("wide", ["1000000/day"])


@pytest.fixture
async def limiter(redis: Any) -> AsyncIterator[Limiter]:
    limiter = Limiter.at(redis.url)
    yield limiter
    await limiter.close()


async def granted(limiter: Limiter, policy: Policy, requests: int, who: str = "a") -> int:
    count = 0
    for _ in range(requests):
        try:
            await limiter.take(policy, who)
            count += 1
        except ProblemError as error:
            if error.status != 429:
                raise
    return count


async def wait_until(limiter: Limiter, *, degraded: bool) -> None:
    deadline = monotonic() + LONG_ENOUGH
    await limiter.take(WIDE, "probe")
    while limiter.degraded != degraded:
        assert monotonic() < deadline
        await asyncio.sleep(0.02)
        await limiter.take(WIDE, "probe")


async def test_without_a_store_the_limits_hold_in_memory() -> None:
    limiter = Limiter.at(None)
    assert await granted(limiter, Policy.parse("p", ["5/day"]), 10) == 5
    assert not limiter.degraded
    await limiter.close()


async def test_a_refusal_says_what_to_do() -> None:
    limiter = Limiter.at(None)
    policy = Policy.parse("standard", ["1/day"])
    await limiter.take(policy, "a")
    with pytest.raises(ProblemError, match="The limit standard of 1 request per day is reached") as refusal:
        await limiter.take(policy, "a")
    assert refusal.value.headers is not None
    assert int(refusal.value.headers["Retry-After"]) >= 1


async def test_two_limiters_share_one_count(redis: Any) -> None:
    limiters = [Limiter(MemoryWindows(), RedisWindows.at(redis.url, PATIENT_SECONDS)) for _ in range(2)]
    policy = Policy.parse("p", ["30/day"])
    counts = await asyncio.gather(*(granted(limiter, policy, 50) for limiter in limiters))
    assert sum(counts) == 30
    for limiter in limiters:
        await limiter.close()


async def test_a_store_that_is_killed_in_mid_run_loses_no_request(redis: Any, limiter: Limiter) -> None:
    await wait_until(limiter, degraded=False)
    with capture_logs() as lines:
        runs = [asyncio.create_task(granted(limiter, WIDE, 200, f"client {number}")) for number in range(20)]
        await asyncio.sleep(0.05)
        await asyncio.to_thread(redis.kill)
        assert await asyncio.gather(*runs) == [200] * 20
        await wait_until(limiter, degraded=True)
        await asyncio.to_thread(redis.start)
        await wait_until(limiter, degraded=False)
    assert "warning" in [line["log_level"] for line in lines]
    assert lines[-1]["log_level"] == "info"
    # On a busy machine the store can miss its time once more; each outage has its beginning and its end all the same.
    assert [line["log_level"] for line in lines] == ["warning", "info"] * (len(lines) // 2)


async def test_a_store_that_hangs_delays_each_request_once_at_most(redis: Any, limiter: Limiter) -> None:
    await wait_until(limiter, degraded=False)
    redis.stop()
    try:
        began = monotonic()
        assert await asyncio.gather(*(granted(limiter, WIDE, 100, str(number)) for number in range(50))) == [100] * 50
        # 5,000 requests; had each waited in vain for 0.1 s, the 100 of one client would have taken 10 s.
        assert monotonic() - began < 8
        assert limiter.degraded
    finally:
        redis.go_on()
    await wait_until(limiter, degraded=False)
    # Answers to what was asked before the hang go to nobody else.
    for number in range(50):
        taken = await limiter.take(WIDE, f"fresh {number}")
        assert taken.remaining == 999_999
    assert await granted(limiter, Policy.parse("p", ["7/day"]), 20) == 7


async def test_an_outage_gives_nobody_a_fresh_quota(redis: Any) -> None:
    limiter = Limiter(MemoryWindows(), RedisWindows.at(redis.url, PATIENT_SECONDS))
    policy = Policy.parse("p", ["5/day"])
    assert await granted(limiter, policy, 3) == 3
    await asyncio.to_thread(redis.kill)
    assert await granted(limiter, policy, 10) == 2
    assert limiter.degraded
    await limiter.close()


async def test_a_store_that_is_not_there_at_the_start_is_found_later(redis: Any, limiter: Limiter) -> None:
    await asyncio.to_thread(redis.kill)
    assert await granted(limiter, Policy.parse("p", ["5/day"]), 10) == 5
    assert limiter.degraded
    await asyncio.to_thread(redis.start)
    await wait_until(limiter, degraded=False)


async def test_a_store_that_answers_rubbish_is_an_outage() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65536):
            writer.write(b"+moo\r\n" * 8)
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1") as server:
        limiter = Limiter.at(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        assert await granted(limiter, Policy.parse("p", ["5/day"]), 10) == 5
        assert limiter.degraded
        await limiter.close()
