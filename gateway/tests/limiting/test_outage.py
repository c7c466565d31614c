"""One request a second tries a store that has failed, and the log has a line for the beginning and one for the end."""

import pytest
from structlog.testing import capture_logs

from gateway.limiting.outage import Outage


class Clock:
    """Seconds, turned by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outage(clock: Clock) -> Outage:
    return Outage(clock)


def test_everyone_tries_a_store_that_works(outage: Outage) -> None:
    assert [outage.begin_try() for _ in range(3)] == [100.0] * 3
    assert not outage.lasts


def test_one_request_a_second_tries_a_store_that_has_failed(outage: Outage, clock: Clock) -> None:
    outage.failed(OSError("gone"))
    tries = 0
    for _ in range(1000):
        clock.now += 0.01
        if outage.begin_try() is not None:
            tries += 1
            outage.failed(OSError("gone"))
    assert 9 <= tries <= 10


def test_only_one_request_tries_at_a_time(outage: Outage, clock: Clock) -> None:
    outage.failed(OSError("gone"))
    clock.now += 1.5
    assert outage.begin_try() is not None
    assert outage.begin_try() is None


def test_a_success_that_began_before_the_outage_does_not_end_it(outage: Outage, clock: Clock) -> None:
    began = outage.begin_try()
    assert began is not None
    clock.now += 0.05
    outage.failed(OSError("gone"))
    outage.succeeded(began)
    assert outage.lasts


def test_beginning_and_end_are_logged_once(outage: Outage, clock: Clock) -> None:
    with capture_logs() as lines:
        for _ in range(5):
            outage.failed(OSError("gone"))
            clock.now += 1.5
        began = outage.begin_try()
        assert began is not None
        clock.now += 0.01
        outage.succeeded(began)
        outage.succeeded(began)
    assert [line["log_level"] for line in lines] == ["warning", "info"]
    assert lines[0]["error"] == "OSError('gone')"
    assert lines[1]["outage_seconds"] == pytest.approx(7.5)
    assert not outage.lasts
