"""Rates are read as an operator writes them; what cannot hold is refused with a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.consumer import ANONYMOUS, Consumer, Scopes
from gateway.limiting.policy import Policy, Rate

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
ADA = Consumer("ada", "key-7", Scopes(["*:read"]))


def test_rates_are_sorted_by_window() -> None:
    policy = Policy.parse("standard", ["100000/day", "20/second; 600 per minute"])
    assert policy.rates == (Rate(20, 1, "second"), Rate(600, 60, "minute"), Rate(100_000, 86400, "day"))
    assert policy.field == "20;w=1, 600;w=60, 100000;w=86400"
    assert policy.seconds == 86400


@given(st.integers(1, 10**9), st.integers(1, 28), st.sampled_from(sorted(SECONDS)))
def test_every_written_rate_is_read(requests: int, multiple: int, unit: str) -> None:
    (rate,) = Policy.parse("p", [f"{requests}/{multiple} {unit}s"]).rates
    assert (rate.requests, rate.seconds) == (requests, multiple * SECONDS[unit])


@given(st.text(max_size=20))
def test_other_text_raises_nothing_but_value_error(text: str) -> None:
    try:
        policy = Policy.parse("p", [text])
    except ValueError:
        return
    assert all(rate.requests > 0 and rate.seconds > 0 for rate in policy.rates)


def test_a_rate_says_itself_in_words() -> None:
    rates = Policy.parse("p", ["1/second", "1200/15 minutes"]).rates
    assert [str(rate) for rate in rates] == ["1 request per second", "1,200 requests per 15 minutes"]


@pytest.mark.parametrize(
    ("rates", "reason"),
    [
        ([], "The limit p needs a rate"),
        (["fast"], "'fast' is no rate: write 20/second"),
        (["20/fortnight"], "'20/fortnight' is no rate"),
        (["-1/second"], "'-1/second' is no rate"),
        (["20/second", "600"], "'600' is no rate"),
        (["9" * 5000 + "/second"], "is no rate"),
        (["0/second"], "a rate is of 1 to 1,000,000,000 requests"),
        (["1000000001/second"], "a rate is of 1 to 1,000,000,000 requests"),
        (["1/0 minutes"], "'1/0 minutes' is no rate"),
        (["5/year"], "the longest time is 31 days"),
        (["20/second", "30/second"], "The limit p has two rates per second"),
        (["20/minute", "30/60 seconds"], "The limit p has two rates per 60 seconds"),
    ],
)
def test_what_cannot_hold_is_refused(rates: list[str], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Policy.parse("p", rates)


def test_a_consumer_counts_by_name_and_the_anonymous_by_network() -> None:
    policy = Policy.parse("p", ["1/second"])
    rotated = Consumer("ada", "key-8", Scopes(["*:read"]))
    bob = Consumer("bob", "key-7", Scopes(["*:read"]))
    assert policy.who(ADA, "192.0.2.1", "/") == policy.who(rotated, "192.0.2.1", "/")
    assert policy.who(ADA, "192.0.2.1", "/") != policy.who(bob, "192.0.2.1", "/")
    assert policy.who(ADA, "192.0.2.1", "/catalog/") == policy.who(ADA, "192.0.2.2", "/vision/")
    assert policy.who(ANONYMOUS, "2001:db8::1", "/") == policy.who(ANONYMOUS, "2001:db8::2", "/")
    assert policy.who(ANONYMOUS, "192.0.2.1", "/") != policy.who(ANONYMOUS, "192.0.2.2", "/")


def test_nobody_shares_a_count_with_the_anonymous_by_their_name() -> None:
    policy = Policy.parse("p", ["1/second"])
    disguised = Consumer("anonymous", "key-9", Scopes(()))
    assert policy.who(disguised, "192.0.2.1", "/") != policy.who(ANONYMOUS, "192.0.2.1", "/")


def test_a_policy_can_count_everyone_by_network_and_each_route_by_itself() -> None:
    policy = Policy.parse("p", ["1/second"], count_by="address", count_per="route")
    assert policy.who(ADA, "192.0.2.1", "/a/") == policy.who(ANONYMOUS, "192.0.2.1", "/a/")
    assert policy.who(ADA, "192.0.2.1", "/a/") != policy.who(ADA, "192.0.2.1", "/b/")
