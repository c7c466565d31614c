"""Every accepted format and orientation is read; nothing else gets past the door."""

import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageFile

from shared.images.decoding import decode, read
from shared.images.refusals import BrokenImageError, NotAnImageError, TooManyPixelsError
from shared.images.testing import Encode

LIMIT = 1_000_000
LOSSLESS = {"PNG": {}, "BMP": {}, "TIFF": {}, "WEBP": {"lossless": True}}
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")


@pytest.mark.parametrize("image_format", LOSSLESS)
def test_lossless_formats_keep_every_pixel(image_format: str, photo: Image.Image, encode: Encode) -> None:
    decoded = decode(encode(photo, image_format, **LOSSLESS[image_format]), LIMIT)
    assert decoded.mode == "RGB"
    assert np.array_equal(np.asarray(decoded), np.asarray(photo))


@pytest.mark.parametrize("image_format", ["JPEG", "MPO", "GIF"])
def test_other_formats_are_close(image_format: str, photo: Image.Image, encode: Encode) -> None:
    options = {"MPO": {"save_all": True, "append_images": [photo.rotate(180)]}}.get(image_format, {})
    decoded = decode(encode(photo, image_format, **options), LIMIT)
    assert np.abs(np.asarray(decoded, int) - np.asarray(photo, int)).mean() < 12


def test_of_an_animation_the_first_frame_counts(encode: Encode) -> None:
    frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "blue")]
    for image_format in ("GIF", "WEBP", "TIFF"):
        data = encode(frames[0], image_format, save_all=True, append_images=frames[1:])
        red, _, blue = decode(data, LIMIT).getpixel((5, 5))  # type: ignore[misc]
        assert red > 200 > 50 > blue


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_orientation_is_undone(orientation: int, image_format: str, encode: Encode) -> None:
    corner = np.zeros((32, 48, 3), np.uint8)
    corner[:16, :16] = 255
    upright = Image.fromarray(corner)
    undo = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    stored = upright
    for method in undo.get(orientation, []):
        stored = stored.transpose(method)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    decoded = decode(encode(stored, image_format, exif=exif.tobytes()), LIMIT)
    assert decoded.size == (48, 32)
    assert np.abs(np.asarray(decoded, int) - corner).max() < 30


@pytest.mark.parametrize(
    "exif", [b"Exif\0\0garbage", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\0\x01"]
)
@pytest.mark.filterwarnings("ignore")
def test_unreadable_metadata_does_not_hide_the_photo(exif: bytes, photo: Image.Image, encode: Encode) -> None:
    assert decode(encode(photo, "JPEG", exif=exif), LIMIT).size == photo.size


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_unknown_orientation_is_none(orientation: int, photo: Image.Image, encode: Encode) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    assert decode(encode(photo, "JPEG", exif=exif.tobytes()), LIMIT).size == photo.size


@pytest.mark.parametrize("image_format", FORMATS)
def test_a_cut_off_image_is_broken(image_format: str, photo: Image.Image, encode: Encode) -> None:
    data = encode(photo, image_format)
    for part in (0.01, 0.1, 0.3, 0.5, 0.8, 0.95):
        with pytest.raises(BrokenImageError):
            decode(data[: max(12, int(len(data) * part))], LIMIT)


@pytest.mark.parametrize("image_format", ["PNG", "GIF"])
def test_a_damaged_image_is_broken(image_format: str, photo: Image.Image, encode: Encode) -> None:
    data = bytearray(encode(photo, image_format))
    middle = len(data) // 2
    data[middle : middle + 200] = bytes(200)
    with pytest.raises(BrokenImageError):
        decode(bytes(data), LIMIT)


@pytest.mark.parametrize(
    "data", [b"a", b"hello world, no image", b"BMW is a car maker", b"RIFF----WAVE", b"%PDF-1.7", bytes(100)]
)
def test_what_is_no_image_is_refused(data: bytes) -> None:
    with pytest.raises(NotAnImageError, match="JPEG, PNG, WebP"):
        decode(data, LIMIT)


@pytest.mark.parametrize("image_format", ["PPM", "ICO", "TGA", "PDF", "EPS", "JPEG2000", "SGI"])
def test_other_decoders_are_never_used(image_format: str, photo: Image.Image, encode: Encode) -> None:
    with pytest.raises(NotAnImageError):
        decode(encode(photo, image_format), LIMIT)


@pytest.mark.parametrize("side", [1001, 9_900, 20_000, 60_000])
def test_a_bomb_is_refused_by_its_header(side: int) -> None:
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"0"))
    with pytest.raises(TooManyPixelsError, match=f"{side:,} x {side:,} pixels; at most 1,000,000"):
        decode(data, LIMIT)


def test_a_strip_is_refused_by_its_longer_side(encode: Encode) -> None:
    with pytest.raises(TooManyPixelsError, match="a side has at most 1,000,000"):
        decode(encode(Image.new("1", (1, 1_000_001)), "PNG"), 2_000_000)


def test_the_limit_itself_is_accepted(encode: Encode) -> None:
    image = Image.new("1", (1000, 1000))
    assert decode(encode(image, "PNG"), LIMIT).size == (1000, 1000)


@pytest.mark.parametrize("size", [(0, 0), (0, 10), (10, 0)])
def test_an_image_without_pixels_is_broken(size: tuple[int, int]) -> None:
    bitmap = struct.pack("<2sIHHIIiiHHIIiiII", b"BM", 54, 0, 0, 54, 40, *size, 1, 24, 0, 0, 0, 0, 0, 0)
    gif = b"GIF89a" + struct.pack("<HHBBB", *size, 0, 0, 0) + b","
    for data in (bitmap, gif):
        with pytest.raises(BrokenImageError):
            decode(data, LIMIT)


def test_truncated_files_are_not_filled_up_by_pillow() -> None:
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


@pytest.mark.parametrize("kind", [b"iCCP", b"zTXt"])
def test_of_too_large_metadata_the_reason_is_said(kind: bytes, photo: Image.Image, encode: Encode) -> None:
    data = encode(photo, "PNG")
    bomb = _chunk(kind, b"a\0\0" + zlib.compress(bytes(2_000_000)))
    with pytest.raises(BrokenImageError, match="too large"):
        decode(data[:33] + bomb + data[33:], LIMIT)


def test_webp_holds_more_copies_and_so_may_have_fewer_pixels(encode: Encode) -> None:
    assert decode(encode(Image.new("RGB", (1000, 750)), "WEBP"), LIMIT).size == (1000, 750)
    with pytest.raises(TooManyPixelsError, match="at most 750,000"):
        decode(encode(Image.new("RGB", (1000, 751)), "WEBP"), LIMIT)


@pytest.mark.parametrize(
    ("needed", "size"), [(1, (125, 94)), (125, (125, 94)), (126, (250, 188)), (500, (500, 375)), (501, (1000, 750))]
)
def test_where_less_is_enough_a_jpeg_is_decoded_smaller(needed: int, size: tuple[int, int], encode: Encode) -> None:
    image = Image.new("RGB", (1000, 750))
    assert read(encode(image, "JPEG"), LIMIT, needed).image.size == size
    assert read(encode(image, "PNG"), LIMIT, needed).image.size == image.size


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory from /proc")
@pytest.mark.parametrize(
    ("mode", "image_format"), [("F", "TIFF"), ("I", "TIFF"), ("I;16", "PNG"), ("LA", "PNG"), ("RGBA", "PNG")]
)
def test_no_mode_takes_more_than_twelve_bytes_a_pixel(mode: str, image_format: str, encode: Encode) -> None:
    data = encode(Image.new(mode, (4000, 4000)), image_format)
    # Not `ru_maxrss`, which begins with what the parent had.
    script = (
        "import re, sys\nfrom pathlib import Path\nfrom shared.images.decoding import decode\n"
        "def peak():\n    return int(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])\n"
        "data = sys.stdin.buffer.read()\nbefore = peak()\ndecode(data, 16_000_000)\nprint(peak() - before)"
    )
    answer = subprocess.run([sys.executable, "-c", script], input=data, capture_output=True, check=True, timeout=60)
    assert int(answer.stdout) * 1024 < 12 * 4000 * 4000


def test_pillows_warnings_stay_out_of_the_log() -> None:
    script = (
        "import io, shared.images.decoding\nfrom PIL import TiffImagePlugin\n"
        "TiffImagePlugin.ImageFileDirectory_v2().load(io.BytesIO(b'\\xff\\xff'))"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert answer.stderr == ""


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    image_format=st.sampled_from(FORMATS), changes=st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=8)
)
@pytest.mark.filterwarnings("ignore")
def test_damage_never_surprises(
    image_format: str, changes: list[tuple[int, int]], photo: Image.Image, encode: Encode
) -> None:
    data = bytearray(encode(photo.resize((16, 12)), image_format))
    for place, value in changes:
        data[place % len(data)] = value
    try:
        assert decode(bytes(data), LIMIT).mode == "RGB"
    except (NotAnImageError, BrokenImageError, TooManyPixelsError) as error:
        assert str(error)  # noqa: PT017 which of them it is depends on what was hit


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
