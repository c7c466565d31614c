"""Counts that several gateways share, in Redis or Valkey: one script and one key per request.

The Redis storage of the `limits` library tests, hits and reads each rate by itself: with three rates nine round trips
and 1.2 ms of this process (here 0.05 to 0.2), in which a refusal can use up another rate. The script decides on all
rates at once; it does what `MemoryWindows.take` does, by the server's clock.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha1
from typing import Final, Self
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from gateway.limiting.batches import BATCH_SECONDS, Batches
from gateway.limiting.policy import Policy
from gateway.limiting.sliding import COUNTERS, stand
from gateway.limiting.taken import Taken

KEY_PREFIX: Final = "flotilla:limits:"
_SCHEMES: Final[Mapping[str, str]] = {
    "redis": "redis",
    "rediss": "rediss",
    "unix": "unix",
    "valkey": "redis",
    "valkeys": "rediss",
}
_TAKE: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local granted, longest, counts = 1, 0, {}
for i = 1, #ARGV, 2 do
  local requests, seconds = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  local window = seconds * 1000000
  local number = math.floor(now / window)
  local stored = redis.call('HGET', KEYS[1], seconds) or '0 0 0'
  local last, current, previous = string.match(stored, '(%d+) (%d+) (%d+)')
  if tonumber(last) ~= number then
    previous = tonumber(last) == number - 1 and current or 0
    current = 0
  end
  if current + math.floor(previous * (window - now % window) / window) >= requests then granted = 0 end
  longest = math.max(longest, seconds)
  counts[#counts + 1] = {seconds, number, tonumber(current), tonumber(previous)}
end
local answer = {granted, now}
for _, count in ipairs(counts) do
  local seconds, number, current, previous = unpack(count)
  current = current + granted
  if granted == 1 then
    redis.call('HSET', KEYS[1], seconds, string.format('%d %d %d', number, current, previous))
  end
  answer[#answer + 1] = number
  answer[#answer + 1] = current
  answer[#answer + 1] = previous
end
if granted == 1 then redis.call('EXPIRE', KEYS[1], 2 * longest) end
return answer
"""
_TAKE_SHA1: Final = sha1(_TAKE.encode(), usedforsecurity=False).hexdigest()

_Question = tuple[str | int, ...]
"""The script's key and arguments."""


class RedisWindows:
    """Sliding windows in the store that `client` reaches, which answers within `seconds`."""

    def __init__(self, client: Redis, seconds: float = BATCH_SECONDS) -> None:
        self._client = client
        self._batches = Batches(self._send, seconds)

    @classmethod
    def at(cls, url: str, seconds: float = BATCH_SECONDS) -> Self:
        """Connect, on the first request, to `redis://`, `rediss://`, `valkey://`, `valkeys://` or `unix://`."""
        scheme = urlsplit(url).scheme
        if scheme not in _SCHEMES:
            raise ValueError(f"Shared limits need a URL that begins with one of {', '.join(_SCHEMES)}, then ://.")
        # A connection that the server closed while it was idle is opened anew, once.
        return cls(Redis.from_url(_SCHEMES[scheme] + url.removeprefix(scheme), retry=Retry(NoBackoff(), 1)), seconds)

    async def take(self, policy: Policy, who: str) -> Taken:
        """Do as `MemoryWindows.take`; raises what the client raises, and ValueError for an answer that is none."""
        numbers = (number for rate in policy.rates for number in (rate.requests, rate.seconds))
        answer = await self._batches.ask((f"{KEY_PREFIX}{policy.name}:{who}", *numbers))
        if not isinstance(answer, list) or len(answer) != 2 + COUNTERS * len(policy.rates):
            raise ValueError("The store gave an answer of another shape.")
        if not all(isinstance(number, int) and number >= 0 for number in answer):
            raise ValueError("The store gave an answer that is not of counts.")
        granted, now, *counts = answer
        return stand(counts, policy, now, granted=bool(granted))

    async def close(self) -> None:
        """Close all connections."""
        await self._batches.close()
        await self._client.aclose()

    async def _send(self, questions: Sequence[_Question]) -> Sequence[object]:
        async with self._client.pipeline(transaction=False) as pipeline:
            # The first brings the script along, so that the others find it also in a store that has just started.
            pipeline.eval(_TAKE, 1, *questions[0])
            for question in questions[1:]:
                pipeline.evalsha(_TAKE_SHA1, 1, *question)
            return await pipeline.execute(raise_on_error=False)
