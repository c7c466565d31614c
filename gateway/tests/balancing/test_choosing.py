"""Turns follow the weights, load comes first."""

import heapq
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.balancing.choosing import next_of
from gateway.balancing.instances import Instance


def instances_of(**weights: int) -> list[Instance]:
    return [Instance(name, weight) for name, weight in weights.items()]


def shares(instances: list[Instance], concurrency: int, count: int = 10_000, **slowness: float) -> list[float]:
    """Return each instance's part of `count` requests, so many at a time, of random lengths."""
    seconds = random.Random(5)  # noqa: S311 lengths keep no secret
    chosen: list[Instance] = []
    running: list[tuple[float, int, Instance]] = []
    now = 0.0
    for number in range(count):
        if len(running) == concurrency:
            now, _, ended = heapq.heappop(running)
            ended.load -= 1
        instance = next_of(instances)
        instance.load += 1
        chosen.append(instance)
        end = now + seconds.expovariate(1) * slowness.get(instance.url, 1)
        heapq.heappush(running, (end, number, instance))
    return [chosen.count(instance) / count for instance in instances]


def test_without_load_the_turns_are_smooth() -> None:
    instances = instances_of(a=5, b=1, c=1)
    assert "".join(next_of(instances).url for _ in range(14)) == "aabacaa" * 2


@given(st.lists(st.integers(1, 50), min_size=1, max_size=6))
def test_without_load_a_round_gives_everyone_its_weight(weights: list[int]) -> None:
    instances = [Instance(str(number), weight) for number, weight in enumerate(weights)]
    chosen = [next_of(instances) for _ in range(sum(weights))]
    assert [chosen.count(instance) for instance in instances] == weights


@pytest.mark.parametrize("concurrency", [1, 2, 3, 8, 9, 16, 100])
def test_a_canary_gets_its_share_at_any_concurrency(concurrency: int) -> None:
    assert shares(instances_of(old=9, new=1), concurrency)[1] == pytest.approx(0.1, abs=0.02)


def test_equals_share_equally() -> None:
    assert shares(instances_of(a=3, b=3, c=3), 16) == pytest.approx([1 / 3] * 3, abs=0.02)


def test_a_slow_one_gets_less() -> None:
    assert shares(instances_of(a=1, b=1), 8, b=5)[1] < 0.25


def test_one_that_is_quick_again_is_not_flooded() -> None:
    instances = instances_of(old=9, new=1)
    assert shares(instances, 4, new=100)[1] < 0.02
    for instance in instances:
        instance.load = 0
    assert shares(instances, 2, count=1000)[1] == pytest.approx(0.1, abs=0.05)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 30)), min_size=1, max_size=6))
def test_nobody_else_would_have_less_load_with_the_request(known: list[tuple[int, int]]) -> None:
    instances = [Instance(str(number), weight) for number, (weight, _) in enumerate(known)]
    for instance, (_, load) in zip(instances, known, strict=True):
        instance.load = load
    chosen = next_of(instances)
    assert all(chosen.load * other.weight < (other.load + 1) * chosen.weight for other in instances)
