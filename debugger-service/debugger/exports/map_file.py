"""The binary form of a map, little-endian: what a browser makes typed arrays of without parsing numbers.

`DMAP`, a byte with the form's version, three zeros, the length of the header in four bytes, the header in JSON, zeros
up to a multiple of eight bytes, and then the arrays that the header names, each at its offset from there.
"""

import struct
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

MAGIC: Final = b"DMAP"
FORM: Final = 1
MEDIA_TYPE: Final = "application/octet-stream"
_ALIGNMENT: Final = 8
_START: Final = struct.Struct("<4sB3xI")


def encode(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return the file; its header is `header` with what and where the arrays are."""
    parts: list[bytes] = []
    stated: list[dict[str, Any]] = []
    offset = 0
    for name, array in arrays.items():
        data = np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()
        stated.append({"name": name, "dtype": array.dtype.name, "offset": offset})
        parts += (data, _padding(len(data)))
        offset += len(data) + len(parts[-1])
    text = orjson.dumps({**header, "arrays": stated})
    return b"".join([_START.pack(MAGIC, FORM, len(text)), text, _padding(_START.size + len(text)), *parts])


def _padding(length: int) -> bytes:
    return bytes(-length % _ALIGNMENT)
