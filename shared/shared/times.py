"""When something was made: its id, a UUIDv7 (RFC 9562), says so."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

_RANDOM_BITS: Final = 80
_MAX_MILLISECONDS: Final = (1 << 48) - 1
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def created_at(identifier: UUID) -> datetime:
    """Return the time in a UUIDv7, to the millisecond."""
    return _EPOCH + (identifier.int >> _RANDOM_BITS) * _MILLISECOND


def first_id(time: datetime) -> UUID:
    """Return an id not greater than any UUIDv7 whose `created_at` is `time` or later, and greater than all others."""
    milliseconds = max(0, min(-((_EPOCH - time) // _MILLISECOND), _MAX_MILLISECONDS))
    return UUID(int=milliseconds << _RANDOM_BITS)
