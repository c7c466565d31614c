"""An attempt counts as load and tells once how it went."""

from contextlib import ExitStack

import pytest

from gateway.balancing.attempts import Attempt
from gateway.balancing.breaker import Breaker, State
from gateway.balancing.instances import Instance


@pytest.fixture
def instance() -> Instance:
    return Instance("http://one", 1, Breaker(minimum=2))


def fail(instance: Instance, now: float) -> None:
    with Attempt(instance, now) as attempt:
        attempt.failed(now)


def test_it_is_load_while_it_lasts_whatever_happens(instance: Instance) -> None:
    with Attempt(instance, 1), Attempt(instance, 1):
        assert instance.load == 2
    with pytest.raises(OSError, match="gone"), Attempt(instance, 1):
        raise OSError("gone")
    assert instance.load == 0


def test_failures_open_the_breaker_and_bring_the_instance_in_doubt(instance: Instance) -> None:
    fail(instance, 1)
    assert instance.breaker.allows(1)
    fail(instance, 2)
    assert (instance.breaker.state(2), instance.out_since) == (State.OPEN, 2)


def test_only_the_first_outcome_counts(instance: Instance) -> None:
    with Attempt(instance, 1) as attempt:
        attempt.failed(1)
        attempt.failed(1)
        attempt.succeeded(1)
        attempt.refused(1)
    assert instance.available(1)
    for _ in range(3):
        with Attempt(instance, 1) as attempt:
            attempt.succeeded(1)
            attempt.refused(1)
    assert instance.available(1)


@pytest.mark.parametrize("seconds", [0, 3, 60])
def test_a_failure_after_a_success_counts_in_its_place(seconds: int) -> None:
    instance = Instance("http://one", 1, Breaker(minimum=4, ratio=0.75))
    attempts = [Attempt(instance, 1) for _ in range(4)]
    with ExitStack() as stack:
        for attempt in attempts:
            stack.enter_context(attempt)
            attempt.succeeded(1)
        for number, attempt in enumerate(attempts):
            may_open = number == (3 if seconds == 60 else 2)
            attempt.failed(1 + seconds)
            attempt.failed(1 + seconds)
            assert instance.breaker.state(1 + seconds) is (State.OPEN if may_open else State.CLOSED)
            if may_open:
                break


def test_refusals_are_none_of_the_breakers_business(instance: Instance) -> None:
    for _ in range(5):
        with Attempt(instance, 1) as attempt:
            attempt.refused(1)
    assert (instance.breaker.state(1), instance.out_since) == (State.CLOSED, 1)


@pytest.mark.parametrize("outcome", ["succeeded", "failed"])
def test_whoever_answers_refuses_no_more(instance: Instance, outcome: str) -> None:
    instance.refused(1)
    with Attempt(instance, 2) as attempt:
        getattr(attempt, outcome)(3)
    assert (instance.out_since, instance.available(3)) == (None, True)


@pytest.mark.parametrize("outcome", ["none", "refused"])
def test_a_trial_that_says_nothing_gives_its_place_back(instance: Instance, outcome: str) -> None:
    fail(instance, 1)
    fail(instance, 1)
    with Attempt(instance, 6) as attempt:
        assert not instance.breaker.allows(6)
        if outcome == "refused":
            attempt.refused(6)
    assert instance.breaker.allows(6)


def test_a_trial_that_succeeds_closes_the_breaker(instance: Instance) -> None:
    fail(instance, 1)
    fail(instance, 1)
    with Attempt(instance, 6) as attempt:
        attempt.succeeded(7)
    assert instance.breaker.state(7) is State.CLOSED
