"""A service never asks an instance that cannot answer, and never more than it may."""

from contextlib import ExitStack

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gateway.balancing.attempts import Attempt
from gateway.balancing.breaker import Breaker, State
from gateway.balancing.instances import EJECTION_SECONDS, Instance
from gateway.balancing.services import Service, UnavailableError
from shared.errors import OverloadedError

MAX_REQUESTS = 4
URLS = ("http://a", "http://b", "http://c")


def service_of(*weights: int) -> Service:
    return Service("vision", dict(zip(URLS, weights, strict=False)), 10)


@pytest.mark.parametrize("weights", [{}, {"http://a": 0}, {"http://a": 2, "http://b": -1}])
def test_somebody_has_to_answer(weights: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="weight above 0"):
        Service("vision", weights, 10)


def test_of_ten_thousand_requests_a_tenth_goes_to_the_canary() -> None:
    service = service_of(9, 1)
    chosen = [service.choose(number / 100).url for number in range(10_000)]
    assert chosen.count("http://b") == pytest.approx(1000, rel=0.02)


def test_an_instance_of_weight_0_gets_nothing() -> None:
    service = service_of(0, 1)
    service.instances[1].refused(1)
    with pytest.raises(UnavailableError):
        service.choose(1)


def test_one_that_was_tried_comes_last() -> None:
    service = service_of(9, 1)
    first, second = service.instances
    assert service.choose(1, {first}) is second
    assert service.choose(1, {first, second}) in service.instances
    second.refused(1)
    assert service.choose(1, {first}) is first


def test_none_available_tells_when_to_come_again() -> None:
    service = service_of(1, 1)
    for instance in service.instances:
        instance.check_failed(1, 1)
        instance.next_check = 4.5
    with pytest.raises(UnavailableError, match=r"vision .*try again in 3 s\.") as refusal:
        service.choose(2)
    assert (refusal.value.status, refusal.value.headers, refusal.value.at) == (503, {"Retry-After": "3"}, 4.5)


def test_beyond_the_most_requests_the_next_is_refused() -> None:
    service = service_of(1)
    with ExitStack() as places:
        for _ in range(10):
            places.enter_context(service.place())
        with pytest.raises(OverloadedError, match="10 requests"), service.place():
            pass
        assert service.requests == 10
    assert service.requests == 0


def test_a_changed_configuration_keeps_what_is_known() -> None:
    service = service_of(9, 1)
    first, second = service.instances
    first.refused(1)
    with Attempt(second, 1):
        service.reconfigure({"http://a": 5, "http://c": 1}, 3)
        kept, new = service.instances
        assert (kept is first, kept.weight, kept.available(1), new.url) == (True, 5, False, "http://c")
        assert (service.max_requests, service.draining) == (3, (second,))
        service.reconfigure({"http://a": 5, "http://b": 1}, 3)
        assert (service.instances[1] is second, second.load, service.draining) == (True, 1, ())
        service.reconfigure({"http://a": 5}, 3)
    assert (second.load, service.draining) == (0, ())


def test_a_changed_configuration_that_cannot_be_changes_nothing() -> None:
    service = service_of(9, 1)
    with pytest.raises(ValueError, match="weight"):
        service.reconfigure({}, 3)
    assert (len(service.instances), service.max_requests) == (2, 10)


def test_it_is_out_since_its_last_instance_went() -> None:
    service = service_of(1, 1, 0)
    first, second, _ = service.instances
    first.refused(1)
    assert service.out_since is None
    second.refused(5)
    assert service.out_since == 5
    first.check_passed()
    assert service.out_since is None


def test_it_tells_when_an_instance_is_back_or_others_are_configured() -> None:
    service = service_of(1)
    told: list[str] = []
    service.on_return(lambda: told.append("told"))
    service.instances[0].refused(1)
    service.instances[0].check_passed()
    assert len(told) == 1
    service.reconfigure({"http://b": 1}, 10)
    assert len(told) == 2


class Serving(RuleBasedStateMachine):
    """Requests come and go, instances fail, refuse, are checked and configured, in any order."""

    @initialize(weights=st.lists(st.integers(1, 9), min_size=1, max_size=3))
    def configure(self, weights: list[int]) -> None:
        self.now = 100.0
        self.service = Service("x", dict(zip(URLS, weights, strict=False)), MAX_REQUESTS, lambda: Breaker(minimum=3))
        self.running: list[tuple[ExitStack, Attempt, Instance, float]] = []
        self.ejected: dict[Instance, float] = {}
        self.refused: dict[Instance, float] = {}
        self.failed_checks: dict[Instance, int] = {}

    def usable(self, instance: Instance) -> bool:
        return (
            instance.weight > 0
            and self.failed_checks.get(instance, 0) < 2
            and self.now >= self.ejected.get(instance, 0)
            and instance.breaker.state(self.now) is not State.OPEN
            and instance.breaker.allows(self.now)
        )

    @rule(quarters=st.integers(1, 24))
    def wait(self, quarters: int) -> None:
        self.now += quarters / 4

    @rule(data=st.data())
    def ask(self, data: st.DataObject) -> None:
        usable = [instance for instance in self.service.instances if self.usable(instance)]
        tried = data.draw(st.sets(st.sampled_from(self.service.instances)))
        with ExitStack() as stack:
            try:
                stack.enter_context(self.service.place())
                chosen = self.service.choose(self.now, tried)
            except OverloadedError:
                assert len(self.running) >= self.service.max_requests
                return
            except UnavailableError as error:
                assert not usable
                self.comes_at(error.at)
                return
            self.is_right(chosen, [one for one in usable if one not in tried] or usable)
            if chosen in self.refused:
                self.ejected[chosen] = self.now + EJECTION_SECONDS
            attempt = stack.enter_context(Attempt(chosen, self.now))
            self.running.append((stack.pop_all(), attempt, chosen, self.now))

    def is_right(self, chosen: Instance, candidates: list[Instance]) -> None:
        assert chosen in candidates
        assert all(chosen.load * other.weight < (other.load + 1) * chosen.weight for other in candidates)

    def comes_at(self, at: float) -> None:
        now, self.now = self.now, max(self.now, at - 0.125)
        if all(self.failed_checks.get(instance, 0) < 2 for instance in self.service.instances):
            assert at > now
            assert not any(self.usable(instance) for instance in self.service.instances)
            self.now = at
            assert any(self.usable(instance) for instance in self.service.instances)
        self.now = now

    @precondition(lambda self: self.running)
    @rule(data=st.data(), outcome=st.sampled_from(["succeeded", "failed", "failed", "refused", "nothing"]))
    def end(self, data: st.DataObject, outcome: str) -> None:
        stack, attempt, instance, began = self.running.pop(data.draw(st.integers(0, len(self.running) - 1)))
        with stack:
            if outcome != "nothing":
                getattr(attempt, outcome)(self.now)
        if outcome == "refused":
            self.refused.setdefault(instance, instance.out_since or self.now)
            self.ejected[instance] = self.now + EJECTION_SECONDS
        elif outcome != "nothing" and began >= self.refused.get(instance, began + 1):
            del self.refused[instance]
            del self.ejected[instance]

    @rule(data=st.data(), passes=st.booleans())
    def check(self, data: st.DataObject, passes: bool) -> None:
        instance = data.draw(st.sampled_from(self.service.instances))
        if passes:
            instance.check_passed()
            for known in (self.failed_checks, self.refused, self.ejected):
                known.pop(instance, None)
        else:
            instance.check_failed(self.now, 2)
            self.failed_checks[instance] = self.failed_checks.get(instance, 0) + 1

    @rule(
        weights=st.dictionaries(st.sampled_from(URLS), st.integers(0, 9), min_size=1).filter(
            lambda weights: any(weights.values())
        ),
        most=st.integers(1, MAX_REQUESTS),
    )
    def reconfigure(self, weights: dict[str, int], most: int) -> None:
        before = {one.url: one for one in (*self.service.instances, *self.service.draining)}
        self.service.reconfigure(weights, most)
        assert {one.url: one.weight for one in self.service.instances} == weights
        assert all(before.get(one.url, one) is one for one in self.service.instances)

    @invariant()
    def counts_are_right(self) -> None:
        running = [instance for _, _, instance, _ in self.running]
        assert self.service.requests == len(running) <= MAX_REQUESTS
        for instance in (*self.service.instances, *self.service.draining):
            assert instance.load == running.count(instance)
        assert set(running) <= {*self.service.instances, *self.service.draining}

    def teardown(self) -> None:
        for stack, *_ in getattr(self, "running", []):
            stack.close()


Serving.TestCase.settings = settings(max_examples=80, stateful_step_count=50, deadline=None)
test_it_is_as_the_model = Serving.TestCase
