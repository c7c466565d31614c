"""From the bytes of an untrusted file to an upright image in 8-bit RGB."""

import io
import warnings
from typing import Final, NamedTuple

from PIL import ExifTags, Image, UnidentifiedImageError

from shared.images.colour import to_rgb
from shared.images.costs import check_costs
from shared.images.refusals import BrokenImageError, NotAnImageError, TooManyPixelsError

FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
"""Only these of Pillow's decoders ever see the bytes; a phone's MPO comes with JPEG."""

MEDIA_TYPES: Final = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
}
"""By Pillow's name for what the content is."""

SIGNATURES: Final = (
    b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"
)  # fmt: skip

MAX_SIDE: Final = 1_000_000
"""Every row costs memory of its own: a strip of one pixel's width costs far more than a square of as many pixels."""

_BYTES_PER_PIXEL: Final = 12
_WEBP_BYTES_PER_PIXEL: Final = 16
"""Of memory at the peak of decoding; every format keeps below the first, but WebP holds four copies of an image."""

# What Pillow warns of is either answered 422 or of no account, and on stderr it would be no line of the log.
warnings.filterwarnings("ignore", module=r"PIL\.")
Image.MAX_IMAGE_PIXELS = None  # Pillow's own limit only warns; `max_pixels` decides here, before any pixel is decoded.


class Decoded(NamedTuple):
    """An image in RGB, and what its file says about itself."""

    image: Image.Image
    media_type: str
    profile: bytes | None
    """The ICC profile of the colours as the file stored them; as untrusted as the file."""


def decode(data: bytes, max_pixels: int) -> Image.Image:
    """Return the (first) image in `data`, upright and in RGB.

    Raises NotAnImageError, BrokenImageError, or TooManyPixelsError, the last from the header alone.
    """
    return read(data, max_pixels).image


def read(data: bytes, max_pixels: int, needed_side: int | None = None) -> Decoded:
    """Return the (first) image in `data`, upright and in RGB, with its media type and its profile.

    Where `needed_side` pixels on the longer side are enough, a JPEG is decoded at a half, a quarter or an eighth of
    its size if it stays at least as large as that. Raises what `decode` does, in the same cases.
    """
    check_costs(data, max_pixels)
    decoded, orientation = _read(data, max_pixels, needed_side)
    return decoded._replace(image=_upright(decoded.image, orientation))


def _read(data: bytes, max_pixels: int, needed_side: int | None) -> tuple[Decoded, int]:
    """Return the image and its orientation, not yet undone; what it was converted from is freed on the way out."""
    with _open(data) as image:
        _check_size(image, max_pixels)
        try:
            if needed_side is not None:
                image.draft(None, _scaled_down(image.size, needed_side))
            image.load()
            return Decoded(to_rgb(image), MEDIA_TYPES[str(image.format)], _profile(image)), _orientation(image)
        except Exception as error:
            raise BrokenImageError(f"The {image.format} image is damaged or cut off: {error}") from error


def _scaled_down(size: tuple[int, int], longer: int) -> tuple[int, int]:
    width, height = size
    return max(1, width * longer // max(size)), max(1, height * longer // max(size))


def _open(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except Exception as error:
        if not _looks_like_an_image(data):
            raise NotAnImageError("The file is not an image in JPEG, PNG, WebP, GIF, BMP or TIFF format.") from error
        if isinstance(error, UnidentifiedImageError):
            raise BrokenImageError("The image's header is damaged or cut off.") from error
        raise BrokenImageError(f"The image's header cannot be read: {error}") from error


def _check_size(image: Image.Image, max_pixels: int) -> None:
    width, height = image.size
    if not width * height:
        raise BrokenImageError(f"The {image.format} image has no pixels.")
    if image.format == "WEBP":
        max_pixels = max_pixels * _BYTES_PER_PIXEL // _WEBP_BYTES_PER_PIXEL
    if width * height > max_pixels:
        raise TooManyPixelsError(f"The image has {width:,} x {height:,} pixels; at most {max_pixels:,} are accepted.")
    if max(width, height) > MAX_SIDE:
        raise TooManyPixelsError(f"The image has {width:,} x {height:,} pixels; a side has at most {MAX_SIDE:,}.")


def _looks_like_an_image(data: bytes) -> bool:
    webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    bitmap = data[:2] == b"BM" and data[6:10] == bytes(4)
    return webp or bitmap or data.startswith(SIGNATURES)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 unreadable metadata is no reason to refuse readable pixels
        return 1


def _profile(image: Image.Image) -> bytes | None:
    profile = image.info.get("icc_profile")
    return profile if isinstance(profile, bytes) else None


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    method = _TRANSPOSITIONS.get(orientation)
    return image if method is None else image.transpose(method)


_TRANSPOSITIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
