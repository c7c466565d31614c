"""Counts agree with a plain model of windows, refusals cost nothing, and memory has a bound."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.limiting.in_memory import MemoryWindows
from gateway.limiting.policy import MICROSECONDS, Policy, Rate

POLICY = Policy.parse("p", ["3/second", "7/10 seconds", "12/minute"])
STEPS = st.lists(st.tuples(st.integers(0, 20 * MICROSECONDS), st.sampled_from("abc")), max_size=60)


class Clock:
    """Microseconds, turned by hand."""

    def __init__(self, now: int = 0) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def pass_seconds(self, seconds: float) -> None:
        self.now += round(seconds * MICROSECONDS)


class Model:
    """The same counts from the list of all that was granted."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.granted: dict[str, list[int]] = {}

    def used(self, who: str, rate: Rate, now: int) -> int:
        number, elapsed = divmod(now, rate.window)
        times = [at // rate.window for at in self.granted.get(who, [])]
        covered = 1 - Fraction(elapsed, rate.window)
        return times.count(number) + floor(times.count(number - 1) * covered)

    def remaining(self, who: str, now: int) -> int:
        return min(rate.requests - self.used(who, rate, now) for rate in self.policy.rates)

    def take(self, who: str, now: int) -> bool:
        granted = self.remaining(who, now) > 0
        if granted:
            self.granted.setdefault(who, []).append(now)
        return granted


@pytest.fixture
def clock() -> Clock:
    return Clock()


@given(st.integers(0, 10**15), STEPS)
def test_counts_agree_with_the_model(start: int, steps: list[tuple[int, str]]) -> None:
    clock, model = Clock(start), Model(POLICY)
    windows = MemoryWindows(clock=clock)
    for pause, who in steps:
        clock.now += pause
        taken = windows.take(POLICY, who)
        assert taken.granted == model.take(who, clock.now)
        assert taken.remaining == max(0, model.remaining(who, clock.now))
        assert taken.remaining == max(0, taken.rate.requests - model.used(who, taken.rate, clock.now))


@given(st.integers(0, 10**15), STEPS)
def test_a_refused_client_gets_in_when_told_and_no_second_earlier(start: int, steps: list[tuple[int, str]]) -> None:
    clock = Clock(start)
    windows = MemoryWindows(clock=clock)
    for pause, who in steps:
        clock.now += pause
        windows.take(POLICY, who)
    while (refused := windows.take(POLICY, "a")).granted:
        pass
    clock.pass_seconds(refused.reset - 1)
    assert not windows.take(POLICY, "a").granted
    clock.pass_seconds(1)
    assert windows.take(POLICY, "a").granted


@given(st.integers(1, 50), st.integers(0, 10**12))
def test_the_last_request_says_when_the_next_has_room(requests: int, start: int) -> None:
    clock = Clock(start)
    windows = MemoryWindows(clock=clock)
    policy = Policy.parse("p", [f"{requests}/minute"])
    last = [windows.take(policy, "a") for _ in range(requests)][-1]
    assert last.granted
    assert last.remaining == 0
    assert windows.take(policy, "a").reset == last.reset


def test_a_refused_request_uses_up_nothing(clock: Clock) -> None:
    policy = Policy.parse("p", ["1/second", "3/hour"])
    windows = MemoryWindows(clock=clock)
    assert windows.take(policy, "a").granted
    assert not any(windows.take(policy, "a").granted for _ in range(100))
    clock.pass_seconds(2)
    assert windows.take(policy, "a").granted
    clock.pass_seconds(2)
    assert windows.take(policy, "a").granted
    assert not windows.take(policy, "a").granted


def test_looking_counts_nothing(clock: Clock) -> None:
    policy = Policy.parse("p", ["1/minute"])
    windows = MemoryWindows(clock=clock)
    assert windows.refused(policy, "a") is None
    assert windows.take(policy, "a").granted
    refused = windows.refused(policy, "a")
    assert refused is not None
    assert not refused.granted
    assert refused.reset == 61
    clock.pass_seconds(61)
    assert windows.refused(policy, "a") is None
    assert windows.take(policy, "a").granted


def test_policies_and_clients_count_apart(clock: Clock) -> None:
    one, other = Policy.parse("one", ["1/day"]), Policy.parse("other", ["1/day"])
    windows = MemoryWindows(clock=clock)
    assert all(windows.take(policy, who).granted for policy in (one, other) for who in "ab")
    assert not any(windows.take(policy, who).granted for policy in (one, other) for who in "ab")


def test_a_policy_read_anew_keeps_its_counts_unless_its_rates_changed(clock: Clock) -> None:
    windows = MemoryWindows(clock=clock)
    assert windows.take(Policy.parse("p", ["1/day"]), "a").granted
    assert not windows.take(Policy.parse("p", ["1/day"]), "a").granted
    assert windows.take(Policy.parse("p", ["2/day"]), "a").remaining == 1


def test_clients_are_bounded_and_the_busy_ones_stay(clock: Clock) -> None:
    policy = Policy.parse("p", ["1/day"])
    windows = MemoryWindows(max_clients=1000, clock=clock)
    windows.take(policy, "busy")
    for number in range(10_000):
        windows.take(policy, f"address {number}")
        if number % 500 == 0:
            assert not windows.take(policy, "busy").granted
    assert len(windows) == 1000


def test_clients_who_have_gone_are_forgotten(clock: Clock) -> None:
    policy = Policy.parse("p", ["5/second", "100/minute"])
    windows = MemoryWindows(clock=clock)
    for number in range(1000):
        windows.take(policy, f"address {number}")
    clock.pass_seconds(121)
    for _ in range(500):
        windows.take(policy, "here")
    assert len(windows) == 1


def test_nobody_is_forgotten_whose_requests_still_count(clock: Clock) -> None:
    policy = Policy.parse("p", ["1000/minute"])
    windows = MemoryWindows(clock=clock)
    clock.pass_seconds(59.9)
    for _ in range(1000):
        windows.take(policy, "a")
    clock.pass_seconds(60)
    for number in range(100):
        windows.take(policy, f"address {number}")
    assert windows.take(policy, "a").remaining < 999
