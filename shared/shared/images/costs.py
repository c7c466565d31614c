"""What a file makes its decoder do besides its pixels: parts without end, repeated scans, huge tiles.

The decoders believe a file's structure, so it is walked here first, without decoding anything.
"""

import re
import struct
from collections.abc import Iterator
from itertools import islice
from typing import Final

from shared.images.refusals import BrokenImageError, TooManyPixelsError

MAX_PARTS: Final = 100_000
"""Segments, chunks or tags: Pillow reads them one by one in Python."""

MAX_SCANS: Final = 50
"""Passes over all the pixels of one JPEG; encoders write up to 14."""

_JPEG_MARKER: Final = re.compile(rb"\xff[\xc0-\xcf\xd8-\xfe]")  # neither a stuffed zero nor a restart
_START_OF_IMAGE, _START_OF_SCAN, _END_OF_IMAGE = b"\xff\xd8", b"\xff\xda", b"\xff\xd9"
_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_TIFF_LAYOUTS: Final = {
    # first bytes: where the directory is, how many tags it has, a tag with its value
    b"II*\0": ("<I", "<H", "<HHI4s"),
    b"MM\0*": (">I", ">H", ">HHI4s"),
    b"II+\0": ("<Q", "<Q", "<HHQ8s"),
    b"MM\0+": (">Q", ">Q", ">HHQ8s"),
}
_TILE_WIDTH, _TILE_LENGTH = 322, 323
_WHOLE_NUMBERS: Final = {3: "H", 4: "I"}


def check_costs(data: bytes, max_pixels: int) -> None:
    """Raise BrokenImageError or TooManyPixelsError if decoding `data` would cost out of all proportion."""
    if data.startswith(_START_OF_IMAGE):
        _check_jpeg(data)
    elif data.startswith(_PNG_SIGNATURE):
        _check_count(sum(1 for _ in islice(_png_chunks(data), MAX_PARTS + 1)), "PNG")
    elif data[:4] in _TIFF_LAYOUTS:
        _check_tiff(data, max_pixels)


def _check_jpeg(data: bytes) -> None:
    markers = list(islice(_jpeg_markers(data), MAX_PARTS + 1))
    _check_count(len(markers), "JPEG")
    scans = markers.count(_START_OF_SCAN)
    if scans > MAX_SCANS:
        raise BrokenImageError(f"The JPEG image has {scans:,} scans; at most {MAX_SCANS} are decoded.")


def _jpeg_markers(data: bytes) -> Iterator[bytes]:
    """Yield the markers of the first image: not those inside of a segment, as a thumbnail's, nor what follows."""
    place = len(_START_OF_IMAGE)
    while (found := _JPEG_MARKER.search(data, place)) and found[0] != _END_OF_IMAGE:
        yield found[0]
        place = found.end() + int.from_bytes(data[found.end() : found.end() + 2], "big")


def _png_chunks(data: bytes) -> Iterator[bytes]:
    place = len(_PNG_SIGNATURE)
    while place < len(data):
        yield data[place + 4 : place + 8]
        place += 12 + int.from_bytes(data[place : place + 4], "big")


def _check_tiff(data: bytes, max_pixels: int) -> None:
    tags: dict[int, int | None] = {}
    for tag, value in _tiff_tags(data):
        # Pillow believes the last of two and libtiff the first, so a check of one would not bind the other.
        if tag in tags:
            raise BrokenImageError(f"The TIFF image has the tag {tag} twice.")
        tags[tag] = value
    width, length = tags.get(_TILE_WIDTH, 1), tags.get(_TILE_LENGTH, 1)
    if width is None or length is None:
        raise BrokenImageError("The TIFF image's tiles have no size.")
    if width * length > max_pixels:
        raise TooManyPixelsError(
            f"The image has tiles of {width:,} x {length:,} pixels; at most {max_pixels:,} are accepted."
        )


def _tiff_tags(data: bytes) -> Iterator[tuple[int, int | None]]:
    """Yield each tag of the first directory and, if it is one whole number, its value."""
    where, how_many, layout = _TIFF_LAYOUTS[data[:4]]
    try:
        (start,) = struct.unpack_from(where, data, 8 if where[1] == "Q" else 4)
        (count,) = struct.unpack_from(how_many, data, start)
        _check_count(count, "TIFF")
        for place in range(count):
            offset = start + struct.calcsize(how_many) + place * struct.calcsize(layout)
            tag, kind, length, value = struct.unpack_from(layout, data, offset)
            number = _WHOLE_NUMBERS.get(kind) if length == 1 else None
            yield tag, struct.unpack_from(layout[0] + number, value)[0] if number else None
    except struct.error as error:
        raise BrokenImageError("The TIFF image's header is damaged or cut off.") from error


def _check_count(count: int, image_format: str) -> None:
    if count > MAX_PARTS:
        raise BrokenImageError(f"The {image_format} image consists of more than {MAX_PARTS:,} parts.")
