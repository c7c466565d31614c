"""Keys cannot be guessed, and those who guess keep nobody else out."""

from time import monotonic_ns

import pytest

from gateway.limiting.in_memory import MemoryWindows
from gateway.limiting.wrong_credentials import WrongCredentials
from shared.errors import ProblemError


class Clock:
    """Microseconds, turned by hand."""

    def __init__(self) -> None:
        self.now = monotonic_ns() // 60_000_000_000 * 60_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wrong(clock: Clock) -> WrongCredentials:
    return WrongCredentials(MemoryWindows(clock=clock))


def test_ten_wrong_credentials_a_minute_and_no_more(wrong: WrongCredentials) -> None:
    for _ in range(10):
        wrong.check("192.0.2.1")
        wrong.count("192.0.2.1")
    with pytest.raises(ProblemError) as refusal:
        wrong.check("192.0.2.1")
    assert refusal.value.status == 429
    assert refusal.value.detail == "Too many wrong credentials came from this network; try again in 61 seconds."
    assert refusal.value.headers is not None
    assert refusal.value.headers["Retry-After"] == "61"


def test_right_credentials_use_up_nothing(wrong: WrongCredentials) -> None:
    for _ in range(1000):
        wrong.check("192.0.2.1")


def test_other_networks_are_not_kept_out(wrong: WrongCredentials) -> None:
    for number in range(20):
        wrong.count(f"2001:db8::{number}")
    wrong.check("2001:db8:0:1::1")
    wrong.check(None)
    with pytest.raises(ProblemError):
        wrong.check("2001:db8::ffff")


def test_a_network_may_try_again_when_told(wrong: WrongCredentials, clock: Clock) -> None:
    for _ in range(50):
        wrong.count("192.0.2.1")
    clock.now += 61_000_000
    wrong.check("192.0.2.1")
    wrong.count("192.0.2.1")
    with pytest.raises(ProblemError):
        wrong.check("192.0.2.1")
