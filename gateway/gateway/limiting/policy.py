"""Rates and quotas by name, as an operator writes them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final, Literal, Self

from limits import RateLimitItem, parse_many

from gateway.consumer import ANONYMOUS, Consumer
from gateway.limiting.addresses import network_of

MAX_REQUESTS: Final = 1_000_000_000
MAX_SECONDS: Final = 31 * 24 * 3600
"""Counts live in memory, or in a store that may be emptied: a promise about a year could not be kept."""
MICROSECONDS: Final = 1_000_000

MAX_QUOTED: Final = 80
_NO_TIMES: Final = re.compile(r"(?:/|per)\s*0+\s*[a-z]", re.IGNORECASE)

CountBy = Literal["consumer", "address"]
CountPer = Literal["policy", "route"]


@dataclass(frozen=True)
class Rate:
    """At most `requests` in any `seconds`; `period` says the same time in words, as `second` or `15 minutes`."""

    requests: int
    seconds: int
    period: str

    @cached_property
    def window(self) -> int:
        """The length of the window in microseconds."""
        return self.seconds * MICROSECONDS

    def __str__(self) -> str:
        return f"{self.requests:,} request{'s' if self.requests > 1 else ''} per {self.period}"


@dataclass(frozen=True)
class Policy:
    """Rates that hold together, the shortest window first.

    They count by the consumer's name, so that all its keys share a count and a rotated one begins none; by network for
    whoever shows no credential; or by network for everyone. The count is one for all routes with the policy, or one
    for each.
    """

    name: str
    rates: tuple[Rate, ...]
    count_by: CountBy = "consumer"
    count_per: CountPer = "policy"

    @classmethod
    def parse(
        cls, name: str, rates: Sequence[str], count_by: CountBy = "consumer", count_per: CountPer = "policy"
    ) -> Self:
        """Read rates such as `20/second`, `600/minute` or `100 per 15 minutes`; raises ValueError that says why not."""
        read = [rate for text in rates for rate in _rates(text)]
        if not read:
            raise ValueError(f"The limit {name} needs a rate, as 20/second.")
        read.sort(key=lambda rate: rate.seconds)
        for shorter, longer in pairwise(read):
            if shorter.seconds == longer.seconds:
                raise ValueError(f"The limit {name} has two rates per {longer.period}; leave one out.")
        return cls(name, tuple(read), count_by, count_per)

    @cached_property
    def seconds(self) -> int:
        """The longest window, after two of which nothing needs to be remembered."""
        return self.rates[-1].seconds

    @cached_property
    def field(self) -> str:
        """The value of `RateLimit-Policy`."""
        return ", ".join(f"{rate.requests};w={rate.seconds}" for rate in self.rates)

    def who(self, consumer: Consumer, address: str | None, route: str) -> str:
        """Return what a request counts for; `address` is the client's, None where the server does not know it."""
        if self.count_by == "address" or consumer is ANONYMOUS:
            counted = f"address {network_of(address)}"
        else:
            counted = f"consumer {consumer.name}"
        return counted if self.count_per == "policy" else f"{route} {counted}"


def _rates(text: str) -> list[Rate]:
    try:
        # The parser takes no times for one time.
        items = [] if _NO_TIMES.search(text) else parse_many(text)
    except ValueError:
        items = []
    if not items:
        raise ValueError(f"{text[:MAX_QUOTED]!r} is no rate: write 20/second, 600/minute or 100/15 minutes.")
    return [_rate(item) for item in items]


def _rate(item: RateLimitItem) -> Rate:
    unit = item.GRANULARITY.name
    rate = Rate(item.amount, item.get_expiry(), unit if item.multiples == 1 else f"{item.multiples} {unit}s")
    if not 1 <= rate.requests <= MAX_REQUESTS:
        raise ValueError(f"{rate}: a rate is of 1 to {MAX_REQUESTS:,} requests.")
    if rate.seconds > MAX_SECONDS:
        raise ValueError(f"{rate}: the longest time is {MAX_SECONDS // 86400} days.")
    return rate
