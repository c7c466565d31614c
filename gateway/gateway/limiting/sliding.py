"""Sliding windows from two counters: what is used up, what remains, and when there is room again.

Time is cut into windows of a rate's length. The requests of the window before count for as much as a sliding window
of that length still covers of it, as though they had come evenly (the "sliding window counter" of the `limits`
library; Cloudflare, "How we built rate limiting capable of scaling to millions of domains", 2017). Two numbers a rate
are enough for any limit, and a limit cannot be had twice around the end of a window, as with fixed ones.

A record of counts is a flat list: for each rate of a policy the window's number since the clock's start, the requests
in it, and those in the window before. What follows these is the owner's.
"""

from collections.abc import Sequence
from typing import Final

from gateway.limiting.policy import MICROSECONDS, Policy, Rate
from gateway.limiting.taken import Taken

COUNTERS: Final = 3
"""Numbers in a record per rate."""


def move_to(counts: list[int], policy: Policy, now: int) -> None:
    """Turn the counts to the windows that hold `now`, in microseconds."""
    place = 0
    for rate in policy.rates:
        number = now // rate.window
        if counts[place] != number:
            counts[place + 2] = counts[place + 1] if counts[place] == number - 1 else 0
            counts[place + 1] = 0
            counts[place] = number
        place += COUNTERS


def has_room(counts: Sequence[int], policy: Policy, now: int) -> bool:
    """Tell whether every rate admits one more request; the counts are turned to `now`."""
    place = 0
    for rate in policy.rates:
        if _used(counts, place, rate, now) >= rate.requests:
            return False
        place += COUNTERS
    return True


def stand(counts: Sequence[int], policy: Policy, now: int, *, granted: bool) -> Taken:
    """Tell what remains of the tightest rate, once a request was counted (`granted`) or refused."""
    least, tightest, place = -1, policy.rates[0], 0
    for rate in policy.rates:
        remaining = rate.requests - _used(counts, place, rate, now)
        if remaining <= 0:
            return _exhausted(counts, policy, now, granted=granted)
        if least < 0 or remaining <= least:
            least, tightest = remaining, rate
        place += COUNTERS
    window_left = tightest.window - now % tightest.window
    return Taken(policy, tightest, least, -(-window_left // MICROSECONDS), granted)


def _exhausted(counts: Sequence[int], policy: Policy, now: int, *, granted: bool) -> Taken:
    used_up = [
        (_microseconds_until_open(counts, place, rate, now), rate)
        for place, rate in zip(range(0, len(counts), COUNTERS), policy.rates)
        if _used(counts, place, rate, now) >= rate.requests
    ]
    wait, rate = max(used_up, key=lambda waiting: waiting[0])
    # At that very moment the limit is still reached: it opens right after, so a whole second is always added.
    return Taken(policy, rate, 0, wait // MICROSECONDS + 1, granted)


def _used(counts: Sequence[int], place: int, rate: Rate, now: int) -> int:
    current, previous = counts[place + 1], counts[place + 2]
    if not previous:
        return current
    window = rate.window
    return current + previous * (window - now % window) // window


def _microseconds_until_open(counts: Sequence[int], place: int, rate: Rate, now: int) -> int:
    """Return the last moment, from `now`, at which the rate is used up if nobody asks; rounded down."""
    current, previous, window = counts[place + 1], counts[place + 2], rate.window
    if current < rate.requests:
        fading, room, start = previous, rate.requests - current, 0
    else:
        fading, room, start = current, rate.requests, window
    return start + window - now % window + (-room * window) // fading
