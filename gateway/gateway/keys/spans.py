"""How long something is to last, as people write it: 90d, 24h, never, or until a moment."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

MAX_SPAN: Final = timedelta(days=36_525)
"""A hundred years."""

_UNITS: Final = (("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
_SPAN: Final = re.compile(r"([0-9]{1,10})([wdhms])")


def parse_span(text: str) -> timedelta:
    """Return what 2w, 90d, 24h, 30m or 45s stands for; raises ValueError for anything else."""
    match = _SPAN.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no time: write a number and w, d, h, m or s, as 90d or 24h.")
    seconds = int(match[1]) * dict(_UNITS)[match[2]]
    if seconds > MAX_SPAN.total_seconds():
        raise ValueError(f"{text!r} is longer than a hundred years.")
    return timedelta(seconds=seconds)


def parse_end(text: str, now: datetime) -> datetime | None:
    """Return the moment that a span from `now` or an RFC 3339 time means, None for `never`; raises ValueError."""
    if text == "never":
        return None
    if _SPAN.fullmatch(text):
        return now + parse_span(text)
    return _parse_time(text, now)


def in_words(span: timedelta) -> str:
    """Return a span of a second or more in its largest whole unit below weeks, cut off: 89d, 23h, 5m, 0s."""
    seconds = int(span.total_seconds())
    name, unit = next(((name, unit) for name, unit in _UNITS[1:] if seconds >= unit), ("s", 1))
    return f"{seconds // unit}{name}"


def _parse_time(text: str, now: datetime) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no end: write 90d, never, or a time as 2031-05-01T00:00:00Z.") from None
    if time.tzinfo is None:
        raise ValueError(f"{text!r} says no zone: write Z for UTC at its end, as 2031-05-01T00:00:00Z.")
    if time <= now:
        raise ValueError(f"{text!r} is over already.")
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} is after the year 9999.") from None
