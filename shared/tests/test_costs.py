"""Small files that would cost a decoder gigabytes or hours are refused; honest ones are not."""

import struct
import zlib
from time import perf_counter

import pytest
from PIL import Image

from shared.images.costs import MAX_PARTS, MAX_SCANS, check_costs
from shared.images.decoding import decode
from shared.images.refusals import BrokenImageError, TooManyPixelsError
from shared.images.testing import Encode

LIMIT = 1_000_000
END = b"\xff\xd9"
PIXELS = zlib.compress(bytes(100_000))
WIDTH, LENGTH = 322, 323


def tiff(*tile: tuple[int, int, int], order: str = "<") -> bytes:
    """A TIFF of 10 x 10 pixels with the given tags (number, type, value), as a tool that means harm writes it."""
    start = [(256, 4, 10), (257, 4, 10), (258, 3, 8), (259, 3, 8), (262, 3, 1), (277, 3, 1)]
    tags = [*start, *tile, (324, 4, 300), (325, 4, len(PIXELS))]
    packed = b"".join(
        struct.pack(f"{order}HHI", tag, kind, 1) + struct.pack(order + {3: "H2x", 4: "I"}.get(kind, "f"), value)
        for tag, kind, value in tags
    )
    head = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(f"{order}IH", 8, len(tags))
    return (head + packed + bytes(4)).ljust(300, b"\0") + PIXELS


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_giant_tile_is_refused_by_its_header(order: str) -> None:
    with pytest.raises(TooManyPixelsError, match="tiles of 46,336 x 46,336 pixels; at most 1,000,000"):
        decode(tiff((WIDTH, 4, 46336), (LENGTH, 4, 46336), order=order), LIMIT)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", [3, 4])
def test_a_tile_larger_than_its_image_is_read(order: str, kind: int) -> None:
    assert decode(tiff((WIDTH, kind, 64), (LENGTH, kind, 64), order=order), LIMIT).size == (10, 10)


def test_a_giant_tile_of_a_big_tiff_is_refused() -> None:
    tags = [struct.pack(">HHQI4x", tag, 4, 1, 46336) for tag in (WIDTH, LENGTH)]
    with pytest.raises(TooManyPixelsError, match="46,336 x 46,336"):
        check_costs(b"MM\0+\0\x08\0\0" + struct.pack(">QQ", 16, len(tags)) + b"".join(tags), LIMIT)


def test_of_two_sizes_of_a_tile_the_decoder_would_take_the_other() -> None:
    with pytest.raises(BrokenImageError, match="the tag 322 twice"):
        decode(tiff((WIDTH, 4, 46336), (WIDTH, 4, 16), (LENGTH, 4, 46336)), LIMIT)


@pytest.mark.parametrize("kind", [11, 16])
def test_a_tiles_size_is_a_whole_number(kind: int) -> None:
    with pytest.raises(BrokenImageError, match="tiles have no size"):
        decode(tiff((WIDTH, kind, 46336), (LENGTH, 4, 46336)), LIMIT)


def test_all_rows_may_be_one_strip(encode: Encode) -> None:
    data = encode(Image.new("L", (10, 10)), "TIFF", compression="tiff_adobe_deflate", tiffinfo={278: 2**32 - 1})
    assert decode(data, LIMIT).size == (10, 10)


@pytest.fixture
def progressive(photo: Image.Image, encode: Encode) -> bytes:
    return encode(photo, "JPEG", progressive=True, restart_marker_blocks=3)


def with_scans(data: bytes, scans: int) -> bytes:
    """Repeat the last of a JPEG's scans until there are so many."""
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * (scans - data.count(b"\xff\xda")) + END


def test_a_scan_without_end_is_refused(progressive: bytes) -> None:
    assert decode(with_scans(progressive, MAX_SCANS), LIMIT).size == (80, 60)
    with pytest.raises(BrokenImageError, match=rf"has {MAX_SCANS + 1} scans; at most {MAX_SCANS} are decoded"):
        decode(with_scans(progressive, MAX_SCANS + 1), LIMIT)


@pytest.mark.parametrize("marker", [b"\xff\x05", b"\xff\xbf", b"\xff\xd0", b"\xff\x00", b"\xff\xff"])
def test_scans_do_not_hide_behind_what_is_no_segment(progressive: bytes, marker: bytes) -> None:
    data = with_scans(progressive, MAX_SCANS + 1)
    place = data.index(b"\xff\xda") + 20
    with pytest.raises(BrokenImageError, match="scans"):
        check_costs(data[:place] + marker + b"\x7f\xff" + data[place:], LIMIT)


def test_a_thumbnail_or_a_second_image_is_not_counted(progressive: bytes) -> None:
    thumbnail = b"\xff\xda" * 1000
    data = progressive[:2] + b"\xff\xe1" + struct.pack(">H", len(thumbnail) + 2) + thumbnail + progressive[2:]
    assert decode(data + progressive * 20, LIMIT).size == (80, 60)


def test_files_of_countless_parts_are_refused_at_once(photo: Image.Image, encode: Encode) -> None:
    png = encode(photo, "PNG")
    chunk = b"\0\0\0\0abCd" + struct.pack(">I", zlib.crc32(b"abCd"))
    tags = b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, MAX_PARTS + 1)
    started = perf_counter()
    for data in [
        b"\xff\xd8" + b"\xff\xed\0\2" * 5_000_000,
        b"\xff\xd8" + b"\xff" * 20_000_000 + b"\xff\xed\0\2" * (MAX_PARTS + 1),
        png[:33] + chunk * (MAX_PARTS + 1) + png[33:],
        tags,
    ]:
        with pytest.raises(BrokenImageError, match="more than 100,000 parts"):
            decode(data, LIMIT)
    assert perf_counter() - started < 3


def test_progressive_photos_of_pillows_are_accepted(encode: Encode) -> None:
    for mode in ("L", "RGB", "CMYK"):
        assert decode(encode(Image.new(mode, (64, 64)), "JPEG", progressive=True), LIMIT).size == (64, 64)
