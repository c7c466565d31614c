"""The breaker does what a simple model of it does, whatever happens in whatever order."""

from dataclasses import dataclass

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway.balancing.breaker import MAX_OPEN_SECONDS, Breaker, State

MINIMUM = 4
OPEN_SECONDS = 5
TRIALS = 2


def opened(now: float = 100) -> Breaker:
    breaker = Breaker()
    for _ in range(10):
        assert breaker.state(now) is State.CLOSED
        breaker.failed(now, breaker.begin(now))
    assert breaker.state(now) is State.OPEN
    return breaker


def test_it_opens_at_the_ratio_and_not_before_the_minimum() -> None:
    breaker = Breaker(minimum=10, ratio=0.5)
    tickets = [breaker.begin(0) for _ in range(10)]
    for ticket in tickets[:5]:
        breaker.succeeded(0, ticket)
    told = [breaker.failed(0, ticket) for ticket in tickets[5:]]
    assert told == [False] * 4 + [True]
    assert not breaker.allows(4.9)
    assert breaker.allows_from(1) == 5


def test_old_failures_are_forgotten() -> None:
    breaker = Breaker(window_seconds=10)
    for number in range(100):
        now = number * 11 / 9
        assert not breaker.failed(now, breaker.begin(now))


def test_a_trial_that_succeeds_closes_it() -> None:
    breaker = opened(100)
    assert breaker.state(105) is State.HALF_OPEN
    ticket = breaker.begin(105)
    assert not breaker.allows(105)
    breaker.succeeded(106, ticket)
    assert breaker.state(106) is State.CLOSED
    assert not breaker.failed(106, breaker.begin(106))


def test_each_trial_that_fails_doubles_the_time_up_to_the_most() -> None:
    breaker = opened(100)
    now, waited = 100.0, []
    for _ in range(5):
        waited.append(breaker.allows_from(now) - now)
        now = breaker.allows_from(now)
        assert breaker.failed(now, breaker.begin(now))
    assert waited == [5, 10, 20, MAX_OPEN_SECONDS, MAX_OPEN_SECONDS]
    now = breaker.allows_from(now)
    breaker.succeeded(now, breaker.begin(now))
    for _ in range(10):
        breaker.failed(now, breaker.begin(now))
    assert breaker.allows_from(now) == now + 5


def test_a_trial_without_a_result_frees_its_place() -> None:
    breaker = opened(100)
    lost = breaker.begin(105)
    assert not breaker.allows(109.9)
    assert breaker.allows_from(106) == 110
    assert breaker.allows(110)
    breaker.begin(110)
    assert not breaker.allows(110)
    breaker.abandoned(lost)
    assert not breaker.allows(110)


def test_an_abandoned_trial_frees_its_place_at_once() -> None:
    breaker = opened(100)
    breaker.abandoned(breaker.begin(105))
    assert breaker.allows(105)


def test_what_was_before_a_reset_does_not_count() -> None:
    breaker = Breaker(minimum=4)
    for _ in range(3):
        breaker.failed(0, breaker.begin(0))
    breaker.reset()
    for _ in range(3):
        breaker.succeeded(0, breaker.begin(0))
    assert not breaker.failed(0, breaker.begin(0))


@pytest.mark.parametrize("succeeds", [True, False])
def test_a_late_result_from_before_says_nothing(succeeds: bool) -> None:
    breaker = Breaker()
    slow = breaker.begin(0)
    for _ in range(10):
        breaker.failed(0, breaker.begin(0))
    breaker.begin(5)
    (breaker.succeeded if succeeds else breaker.failed)(6, slow)
    assert breaker.state(6) is State.HALF_OPEN


@dataclass
class Request:
    """One that began, as the model knows it."""

    ticket: int
    era: int
    expiry: float
    places: bool


class Breaking(RuleBasedStateMachine):
    """Requests begin and end in any order while time goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker = Breaker(minimum=MINIMUM, ratio=0.5, window_seconds=10, open_seconds=OPEN_SECONDS, trials=TRIALS)
        self.now = 100.0
        self.state = State.CLOSED
        self.until = 0.0
        self.open_for = OPEN_SECONDS
        self.era = 0
        self.results: list[tuple[float, bool]] = []
        self.requests: list[Request] = []

    def change(self, state: State) -> None:
        self.state = state
        self.era += 1
        self.results = []

    def trials(self) -> int:
        return sum(r.places and r.era == self.era and r.expiry > self.now for r in self.requests)

    def allowed(self) -> bool:
        if self.state is State.OPEN:
            return self.now >= self.until
        return self.state is State.CLOSED or self.trials() < TRIALS

    @rule(quarters=st.integers(1, 60))
    def wait(self, quarters: int) -> None:
        self.now += quarters / 4

    @rule()
    def begin(self) -> None:
        allowed = self.allowed()
        if allowed and self.state is State.OPEN:
            self.change(State.HALF_OPEN)
        ticket = self.breaker.begin(self.now)
        era = self.era if allowed else -1
        self.requests.append(Request(ticket, era, self.now + OPEN_SECONDS, self.state is State.HALF_OPEN))

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), succeeds=st.booleans())
    def end(self, data: st.DataObject, succeeds: bool) -> None:
        self.end_one(self.requests.pop(data.draw(st.integers(0, len(self.requests) - 1))), succeeds)

    @rule(outcomes=st.lists(st.booleans(), max_size=6))
    def begin_and_end_some(self, outcomes: list[bool]) -> None:
        for succeeds in outcomes:
            self.begin()
            self.end_one(self.requests.pop(), succeeds)

    def end_one(self, request: Request, succeeds: bool) -> None:
        opens = False
        if succeeds:
            self.breaker.succeeded(self.now, request.ticket)
        else:
            opens = self.breaker.failed(self.now, request.ticket)
        era = self.era
        if request.era == era:
            self.note(succeeds)
        assert opens == (self.era != era and self.state is State.OPEN)

    def note(self, succeeds: bool) -> None:
        if self.state is State.HALF_OPEN:
            self.open_for = OPEN_SECONDS if succeeds else min(2 * self.open_for, int(MAX_OPEN_SECONDS))
            self.until = self.now + self.open_for
            self.change(State.CLOSED if succeeds else State.OPEN)
            return
        self.results.append((self.now, succeeds))
        recent = [ok for time, ok in self.results if int(time) > int(self.now) - 10]
        if not succeeds and len(recent) >= MINIMUM and recent.count(False) >= len(recent) / 2:
            self.until = self.now + self.open_for
            self.change(State.OPEN)

    @precondition(lambda self: self.requests)
    @rule(data=st.data())
    def abandon(self, data: st.DataObject) -> None:
        request = self.requests.pop(data.draw(st.integers(0, len(self.requests) - 1)))
        self.breaker.abandoned(request.ticket)

    @rule()
    def reset(self) -> None:
        self.breaker.reset()
        self.open_for = OPEN_SECONDS
        self.change(State.CLOSED)

    @invariant()
    def is_as_the_model(self) -> None:
        half_open = self.state is State.OPEN and self.now >= self.until
        assert self.breaker.state(self.now) is (State.HALF_OPEN if half_open else self.state)
        assert self.breaker.allows(self.now) == self.allowed()

    @invariant()
    def tells_when_it_allows_again(self) -> None:
        time = self.breaker.allows_from(self.now)
        assert self.breaker.allows(time)
        assert time == self.now or not self.breaker.allows(time - 0.125)


Breaking.TestCase.settings = settings(max_examples=100, stateful_step_count=60, deadline=None)
test_it_is_as_the_model = Breaking.TestCase
