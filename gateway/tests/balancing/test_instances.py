"""What an instance is known by: its checks, its refusals, its breaker."""

import pytest

from gateway.balancing.breaker import State
from gateway.balancing.instances import EJECTION_SECONDS, Instance


@pytest.fixture
def returns() -> list[str]:
    return []


@pytest.fixture
def instance(returns: list[str]) -> Instance:
    return Instance("http://one", 1, came_back=lambda: returns.append("back"))


def test_failed_checks_in_a_row_make_it_unhealthy_and_one_that_passes_healthy(
    instance: Instance, returns: list[str]
) -> None:
    assert not instance.check_failed(1, 2)
    assert not instance.check_passed()
    assert not instance.check_failed(3, 2)
    assert instance.available(3)
    assert instance.check_failed(5, 2)
    assert not instance.check_failed(7, 2)
    assert (instance.available(7), returns) == (False, [])
    assert instance.out_since == 3
    assert instance.check_passed()
    assert (instance.available(7), returns) == (True, ["back"])
    assert instance.out_since is None


def test_an_unhealthy_one_is_expected_after_its_next_check(instance: Instance) -> None:
    instance.next_check = 9
    instance.check_failed(1, 1)
    assert instance.available_from(2) == 9


def test_one_that_refuses_is_tried_once_in_a_while(instance: Instance) -> None:
    instance.refused(10)
    assert not instance.available(10)
    assert instance.available_from(10) == 10 + EJECTION_SECONDS
    assert instance.available(11)
    instance.begin(11)
    assert not instance.available(11)
    instance.refused(11.1)
    assert (instance.available(12), instance.available(12.1), instance.out_since) == (False, True, 10)


def test_a_request_that_reaches_it_ends_the_refusal(instance: Instance, returns: list[str]) -> None:
    instance.refused(10)
    instance.connected(9.5)
    assert not returns
    instance.connected(11)
    assert (instance.out_since, instance.available(11), returns) == (None, True, ["back"])


def test_requests_that_reach_it_do_not_make_it_healthy(instance: Instance, returns: list[str]) -> None:
    instance.check_failed(1, 1)
    instance.refused(2)
    instance.connected(3)
    assert (instance.available(3), instance.out_since, returns) == (False, 1, [])


def open_breaker(instance: Instance, now: float) -> None:
    while not instance.breaker.failed(now, instance.breaker.begin(now)):
        pass


def test_a_process_that_was_away_has_a_fresh_breaker(instance: Instance) -> None:
    open_breaker(instance, 1)
    instance.refused(1)
    instance.check_passed()
    assert instance.available(1)


def test_a_check_that_passes_closes_no_breaker_of_one_that_was_there(instance: Instance, returns: list[str]) -> None:
    open_breaker(instance, 1)
    instance.doubt(1)
    assert not instance.check_passed()
    assert (instance.out_since, instance.breaker.state(1), returns) == (None, State.OPEN, ["back"])


def test_a_refusal_after_a_doubt_began_with_it(instance: Instance) -> None:
    instance.doubt(1)
    instance.refused(3)
    assert instance.out_since == 1
    instance.connected(3)
    assert instance.out_since is None
