"""An image's type, size as displayed, hash and thumbnail; all behind the decoder's protections."""

import io
import struct
import subprocess
import sys
import zlib

import imagehash
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms

from shared.images.decoding import decode
from shared.images.inspection import ImageFacts, inspect, perceptual_hash, thumbnail
from shared.images.profiles import MAX_PROFILE_BYTES
from shared.images.refusals import BrokenImageError, NotAnImageError, TooManyPixelsError
from shared.images.testing import Encode, random_field

LIMIT = 1_000_000
SEEDS = st.integers(0, 2**32)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def hash_of(data: bytes) -> int:
    return inspect(data, LIMIT).perceptual_hash


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return the mean over the pixels' brightness, for a JPEG's colours are coarser."""
    values, others = (np.asarray(image.convert("L"), int) for image in (one, other))
    return float(np.abs(values - others).mean())


def swapped_primaries() -> bytes:
    """An RGB profile by which red is stored as green, and green as red."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"TEMP", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"TEMP", b"gXYZ", 1)


@pytest.mark.parametrize(
    ("image_format", "media_type"),
    [
        ("JPEG", "image/jpeg"),
        ("MPO", "image/jpeg"),
        ("PNG", "image/png"),
        ("WEBP", "image/webp"),
        ("GIF", "image/gif"),
        ("BMP", "image/bmp"),
        ("TIFF", "image/tiff"),
    ],
)
def test_facts_of_every_format(image_format: str, media_type: str, encode: Encode) -> None:
    picture = random_field(1, 200, 150)
    options = {"MPO": {"save_all": True, "append_images": [picture]}}.get(image_format, {})
    facts = inspect(encode(picture, image_format, **options), LIMIT)
    assert facts == ImageFacts(media_type, 200, 150, facts.perceptual_hash)
    assert (facts.perceptual_hash ^ hash_of(encode(picture, "PNG"))).bit_count() <= 4


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_orientation_is_counted_in(image_format: str, encode: Encode) -> None:
    upright, exif = random_field(2, 120, 80), Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    facts = inspect(encode(upright.transpose(Image.Transpose.ROTATE_90), image_format, exif=exif.tobytes()), LIMIT)
    assert (facts.width, facts.height) == (120, 80)
    assert (facts.perceptual_hash ^ hash_of(encode(upright, "PNG"))).bit_count() <= 4


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=SEEDS, scale=st.floats(0.3, 2), quality=st.integers(40, 95))
def test_the_hash_survives_resizing_and_recompression(seed: int, scale: float, quality: int, encode: Encode) -> None:
    picture = random_field(seed, 400, 300)
    copy = picture.resize((int(400 * scale), int(300 * scale)), Image.Resampling.BILINEAR)
    changed = hash_of(encode(picture, "PNG")) ^ hash_of(encode(copy, "JPEG", quality=quality))
    assert changed.bit_count() <= 6


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seeds=st.tuples(SEEDS, SEEDS).filter(lambda pair: pair[0] != pair[1]))
def test_other_pictures_have_other_hashes(seeds: tuple[int, int], encode: Encode) -> None:
    one, other = (hash_of(encode(random_field(seed, 200, 150), "PNG")) for seed in seeds)
    assert (one ^ other).bit_count() > 8


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, width=st.integers(1, 300), height=st.integers(1, 300))
def test_the_hash_is_that_of_other_tools(seed: int, width: int, height: int) -> None:
    picture = random_field(seed, width, height)
    differing = imagehash.hex_to_hash(f"{perceptual_hash(picture):016x}") - imagehash.phash(picture)
    assert differing <= (0 if min(width, height) > 1 else 32)  # where nothing varies, its bits are of rounding


@pytest.mark.parametrize("grey", [0, 1, 77, 255])
def test_a_picture_of_one_colour_has_no_frequencies(grey: int) -> None:
    assert perceptual_hash(Image.new("L", (50, 40), grey)) == (1 << 63 if grey else 0)


def test_a_stored_hash_stays_comparable(encode: Encode) -> None:
    y, x = np.mgrid[0:150, 0:200]
    picture = Image.fromarray(((x * x + 3 * y * y) // 40 % 256).astype(np.uint8))
    assert (hash_of(encode(picture, "PNG")) ^ 0x860E0E0E0E3CFDF9).bit_count() <= 1


def test_what_the_decoder_refuses_is_refused(photo: Image.Image, encode: Encode) -> None:
    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    chunks = [b"IHDR" + header, b"IDAT" + zlib.compress(b"0")]
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in chunks
    )
    jpeg = encode(photo.resize((800, 600)), "JPEG")
    for data, error, match in [
        (bomb, TooManyPixelsError, "20,000 x 20,000 pixels; at most 1,000,000"),
        (encode(Image.new("L", (2000, 2000)), "JPEG"), TooManyPixelsError, "2,000 x 2,000 pixels"),
        (jpeg[: len(jpeg) // 2], BrokenImageError, "cut off"),
        (b"%PDF-1.7", NotAnImageError, "not an image"),
    ]:
        with pytest.raises(error, match=match):
            inspect(data, LIMIT)
        with pytest.raises(error, match=match):
            thumbnail(data, LIMIT, 20)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_thumbnail_of_every_mode_is_a_jpeg(mode: str, photo: Image.Image, encode: Encode) -> None:
    small = opened(thumbnail(encode(photo.convert("L" if mode == "I;16" else "RGB").convert(mode), "PNG"), LIMIT, 40))
    assert (small.format, small.mode, small.size) == ("JPEG", "RGB", (40, 30))


@pytest.mark.parametrize(
    ("size", "side", "expected"),
    [((80, 60), 80, (80, 60)), ((80, 60), 500, (80, 60)), ((60, 80), 40, (30, 40)), ((5000, 1), 100, (100, 1))],
)
def test_a_thumbnail_keeps_its_shape_and_never_grows(
    size: tuple[int, int], side: int, expected: tuple[int, int], encode: Encode
) -> None:
    for image_format in ("JPEG", "PNG"):
        assert opened(thumbnail(encode(Image.new("RGB", size), image_format), LIMIT, side)).size == expected


@pytest.mark.parametrize("side", [30, 99, 100, 250, 400])
def test_a_thumbnail_shows_the_picture(side: int, encode: Encode) -> None:
    picture = random_field(4, 800, 600)
    small = opened(thumbnail(encode(picture, "JPEG", quality=95), LIMIT, side))
    assert difference(small, picture.resize(small.size, Image.Resampling.LANCZOS)) < 4


def test_a_thumbnail_is_upright(encode: Encode) -> None:
    upright, exif = random_field(5, 160, 80), Image.Exif()
    exif[ExifTags.Base.Orientation] = 8
    data = encode(upright.transpose(Image.Transpose.ROTATE_270), "JPEG", quality=95, exif=exif.tobytes())
    small = opened(thumbnail(data, LIMIT, 80))
    assert small.size == (80, 40)
    assert difference(small, upright.resize(small.size)) < 4


@pytest.mark.parametrize("profile", [None, ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()])
def test_a_thumbnail_has_no_metadata(profile: bytes | None, photo: Image.Image, encode: Encode) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "a camera"
    data = encode(photo, "JPEG", exif=exif, icc_profile=profile, comment=b"a secret", xmp=b"<x/>", dpi=(72, 72))
    small = opened(thumbnail(data, LIMIT, 40))
    assert not small.getexif()
    assert set(small.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_thumbnails_colours_are_those_of_the_profile(image_format: str, encode: Encode) -> None:
    data = encode(Image.new("RGB", (64, 64), (200, 0, 0)), image_format, icc_profile=swapped_primaries())
    red, green, _ = opened(thumbnail(data, LIMIT, 32)).getpixel((9, 9))  # type: ignore[misc]
    assert red < 30
    assert green > 150


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_a_profile_of_other_than_the_pixels_colours_is_passed_over(mode: str, encode: Encode) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    data = encode(Image.new("RGB", (64, 64), "white").convert(mode), "JPEG", icc_profile=lab)
    assert min(opened(thumbnail(data, LIMIT, 32)).getpixel((9, 9))) > 250  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "profile", [b"a", bytes(16) + b"RGB " + bytes(128), swapped_primaries().ljust(MAX_PROFILE_BYTES + 1, b"\0")]
)
def test_an_unusable_profile_is_passed_over(profile: bytes, encode: Encode) -> None:
    data = encode(Image.new("RGB", (64, 64), (200, 0, 0)), "JPEG", icc_profile=profile)
    red, green, _ = opened(thumbnail(data, LIMIT, 32)).getpixel((9, 9))  # type: ignore[misc]
    assert red > 150
    assert green < 30


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    image_format=st.sampled_from(["JPEG", "PNG", "WEBP", "TIFF"]),
    changes=st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=8),
)
@pytest.mark.filterwarnings("ignore")
def test_damage_never_surprises(
    image_format: str, changes: list[tuple[int, int]], photo: Image.Image, encode: Encode
) -> None:
    data = bytearray(encode(photo, image_format, icc_profile=swapped_primaries()))
    for place, value in changes:
        data[place % len(data)] = value
    try:
        assert max(opened(thumbnail(bytes(data), LIMIT, 20)).size) <= 20
    except (NotAnImageError, BrokenImageError, TooManyPixelsError) as error:
        assert str(error)  # noqa: PT017 which of them it is depends on what was hit


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.integers(0), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_damaged_profile_does_not_hide_the_photo(
    changes: list[tuple[int, int]], photo: Image.Image, encode: Encode
) -> None:
    profile = bytearray(swapped_primaries())
    for place, value in changes:
        profile[place % len(profile)] = value
    data = encode(photo, "JPEG", icc_profile=bytes(profile))
    assert decode(data, LIMIT).size == photo.size
    assert opened(thumbnail(data, LIMIT, 40)).size == (40, 30)


def test_the_libraries_are_silent(photo: Image.Image, encode: Encode) -> None:
    script = (
        "import sys\nfrom shared.images.inspection import inspect, thumbnail\n"
        "data = sys.stdin.buffer.read()\ninspect(data, 10_000), thumbnail(data, 10_000, 20)"
    )
    command = [sys.executable, "-W", "always", "-c", script]
    answer = subprocess.run(command, input=encode(photo, "JPEG"), capture_output=True, check=True, timeout=60)
    assert answer.stderr == b""
