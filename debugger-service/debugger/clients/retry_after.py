"""The header Retry-After (RFC 9110, section 10.2.3): seconds, or a date."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def seconds_to_wait(value: str, now: datetime | None = None) -> float | None:
    """Return how many seconds the header's `value` says to wait from `now` on; None if it says nothing of use."""
    value = value.strip()
    try:
        if value.isascii() and value.isdecimal():
            return float(value)
        until = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())
