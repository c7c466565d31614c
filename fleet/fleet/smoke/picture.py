"""A small picture of a traffic light, made without an image library."""

import struct
import zlib
from collections.abc import Iterator
from typing import Final, TypeAlias

SIDE: Final = 224
"""Pixels of each side."""

_Colour: TypeAlias = tuple[int, int, int]
_SKY: Final = (150, 190, 230)
_HOUSING: Final = (25, 28, 26)
_POLE: Final = (90, 92, 95)
_LAMPS: Final = ((50, (230, 30, 25)), (104, (250, 190, 20)), (158, (20, 190, 80)))
"""Rows of the centres, and colours."""
_LAMP_RADIUS: Final = 22
_HOUSING_HALF: Final = 36
_HOUSING_ROWS: Final = range(18, 192)
_POLE_HALF: Final = 9


def picture(note: str) -> bytes:
    """Return a PNG that holds `note` as its comment, so that other notes make other bytes of the same picture."""
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + bytes(value for colour in _row(y) for value in colour) for y in range(SIDE))
    chunks = ((b"IHDR", header), (b"tEXt", b"Comment\0" + note.encode("latin-1")), (b"IDAT", zlib.compress(rows)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in (*chunks, (b"IEND", b"")))


def _row(y: int) -> Iterator[_Colour]:
    return (_colour(x - SIDE // 2, y) for x in range(SIDE))


def _colour(x: int, y: int) -> _Colour:
    """Return the colour at column `x`, counted from the middle, of row `y`."""
    for row, colour in _LAMPS:
        if x * x + (y - row) ** 2 <= _LAMP_RADIUS**2:
            return colour
    if abs(x) <= _HOUSING_HALF and y in _HOUSING_ROWS:
        return _HOUSING
    return _POLE if abs(x) <= _POLE_HALF and y in range(_HOUSING_ROWS.stop, SIDE) else _SKY


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
