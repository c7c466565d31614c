"""How long something is to last."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.keys.spans import in_words, parse_end, parse_span


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2w", timedelta(weeks=2)),
        ("90d", timedelta(days=90)),
        ("24h", timedelta(hours=24)),
        ("30m", timedelta(minutes=30)),
        ("45s", timedelta(seconds=45)),
        ("0s", timedelta()),
    ],
)
def test_spans_are_read(text: str, expected: timedelta) -> None:
    assert parse_span(text) == expected


@pytest.mark.parametrize(
    "text", ["", "90", "d", "-1d", "1.5h", "1 d", "1y", "1d1h", "٣d", "99999999999d", "36526d", "1d\n"]
)
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is (no time|longer)"):
        parse_span(text)


@settings(deadline=None)
@given(st.text())
def test_any_text_is_an_end_or_refused_in_words(text: str) -> None:
    now = datetime(2030, 1, 1, tzinfo=UTC)
    try:
        end = parse_end(text, now)
    except ValueError as error:
        assert repr(text) in str(error)  # noqa: PT017 no error is right too
    else:
        assert end is None or end.tzinfo == UTC


def test_an_end_is_a_moment_a_span_or_never(now: datetime) -> None:
    assert parse_end("never", now) is None
    assert parse_end("90d", now) == now + timedelta(days=90)
    assert parse_end("2031-05-01T02:00:00+02:00", now) == datetime(2031, 5, 1, tzinfo=UTC)
    assert parse_end("2031-05-01T00:00:00Z", now) == datetime(2031, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2031-05-01T00:00:00", "no zone"),
        ("2031-05-01", "no zone"),
        ("2029-12-31T00:00:00Z", "over already"),
        ("2030-01-01T00:00:00Z", "over already"),
        ("9999-12-31T23:59:59-12:00", "after the year 9999"),
        ("tomorrow", "2031-05-01T00:00:00Z"),
    ],
)
def test_an_end_that_cannot_be_is_refused(text: str, reason: str, now: datetime) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_end(text, now)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (timedelta(days=400), "400d"),
        (timedelta(hours=47), "1d"),
        (timedelta(minutes=59, seconds=59), "59m"),
        (timedelta(milliseconds=1), "0s"),
    ],
)
def test_spans_are_told_in_their_largest_unit(span: timedelta, expected: str) -> None:
    assert in_words(span) == expected
