"""Retries are a part of the requests, and a few in any case."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.balancing.budget import RetryBudget


def retries(budget: RetryBudget, now: float) -> int:
    made = 0
    while budget.may_retry(now):
        budget.spent(now)
        made += 1
    return made


def test_without_requests_there_is_the_minimum() -> None:
    assert retries(RetryBudget(minimum_per_second=3, window_seconds=10), 100) == 30


def test_a_fifth_of_the_requests_may_be_tried_again() -> None:
    budget = RetryBudget(ratio=0.2, minimum_per_second=0, window_seconds=10)
    assert not budget.may_retry(100)
    for _ in range(1000):
        budget.requested(100)
    assert retries(budget, 101) == 200


def test_what_was_spent_is_there_again_when_the_window_is_over() -> None:
    budget = RetryBudget(minimum_per_second=3, window_seconds=10)
    assert retries(budget, 100) == 30
    assert not budget.may_retry(109.9)
    assert budget.may_retry(110)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 8)), max_size=200))
def test_it_is_never_overdrawn(steps: list[tuple[bool, int]]) -> None:
    budget = RetryBudget(ratio=0.5, minimum_per_second=0.25, window_seconds=10)
    requests: list[float] = []
    spent: list[float] = []
    now = 0.0
    for is_request, quarters in steps:
        now += quarters / 4
        if is_request:
            budget.requested(now)
            requests.append(now)
        elif budget.may_retry(now):
            budget.spent(now)
            spent.append(now)
            recent = sum(int(time) > int(now) - 10 for time in requests)
            assert sum(int(time) > int(now) - 10 for time in spent) <= 2.5 + 0.5 * recent
