"""Small pictures, made of a seed: PNG (ISO/IEC 15948) of random pixels, the same bytes for the same seed."""

import struct
import zlib
from random import Random
from typing import Final

SIDE: Final = 24
"""Width and height in pixels."""

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_RGB: Final = 2
_BITS: Final = 8


def photo(seed: str) -> bytes:
    """Return a PNG of `SIDE` times `SIDE` pixels."""
    random = Random(seed)  # noqa: S311 no secret
    lines = b"".join(b"\0" + random.randbytes(3 * SIDE) for _ in range(SIDE))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, _BITS, _RGB, 0, 0, 0)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(lines)) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
