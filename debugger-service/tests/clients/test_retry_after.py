"""How long Retry-After says to wait."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debugger.clients.retry_after import seconds_to_wait

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        (" 120 ", 120),
        ("Sun, 01 Mar 2026 12:01:30 GMT", 90),
        ("Sunday, 01-Mar-26 12:01:30 GMT", 90),
        ("Sun, 01 Mar 2026 14:01:30 +0200", 90),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("\u0661", None),
        ("9" * 5_000, float("inf")),
        ("Sun, 99 Mar 2026 12:00:00 GMT", None),
    ],
)
def test_it_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert seconds_to_wait(value, NOW) == seconds


@given(st.timedeltas(timedelta(0), timedelta(days=9_999)))
def test_every_date_is_read(wait: timedelta) -> None:
    value = format_datetime(NOW + wait, usegmt=True)
    assert seconds_to_wait(value, NOW) == pytest.approx(wait.total_seconds(), abs=1)


@given(st.text(max_size=60))
def test_nothing_that_a_header_may_hold_raises(value: str) -> None:
    found = seconds_to_wait(value, NOW)
    assert found is None or found >= 0
