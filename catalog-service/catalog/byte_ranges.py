"""The part of a file that a `Range` header asks for (RFC 9110, section 14)."""

import re
from dataclasses import dataclass
from typing import Final

_RANGE: Final = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.ASCII)


class UnsatisfiableRangeError(Exception):
    """The range begins behind the end of the file."""

    def __init__(self, size: int) -> None:
        super().__init__(f"The image has {size:,} bytes.")
        self.size = size


@dataclass(frozen=True)
class ByteRange:
    """The bytes from `start` until before `end`."""

    start: int
    end: int


def parse_range(header: str, size: int) -> ByteRange | None:
    """Return the range of a file of `size` bytes, or None where the header may be ignored: not one range of bytes.

    Raises UnsatisfiableRangeError.
    """
    found = _RANGE.fullmatch(header)
    if not found or not (found[1] or found[2]):
        return None
    if not found[1]:
        start, end = max(0, size - int(found[2])), size
    else:
        start, end = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
        if found[2] and int(found[2]) < start:
            return None
    if start >= end:
        raise UnsatisfiableRangeError(size)
    return ByteRange(start, end)
