"""From the bytes of a file to an upright image in the format that the model was trained on: 8-bit RGB."""

import io
from typing import Final

from PIL import ExifTags, Image

from vision.colour import to_rgb

FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
"""Only these of Pillow's decoders ever see the bytes; a phone's MPO comes with JPEG."""

SIGNATURES: Final = (
    b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"
)  # fmt: skip

MAX_SIDE: Final = 1_000_000
"""Every row costs memory of its own: a strip of one pixel's width costs far more than a square of as many pixels."""

Image.MAX_IMAGE_PIXELS = None  # Pillow's own limit only warns; `max_pixels` decides here, before any pixel is decoded.


class NotAnImageError(Exception):
    """The bytes are not a file of an accepted image format."""


class BrokenImageError(Exception):
    """The bytes begin as an image and cannot be read as one: damaged or cut off."""


class TooManyPixelsError(Exception):
    """The header announces more pixels than are accepted."""


def decode(data: bytes, max_pixels: int) -> Image.Image:
    """Return the (first) image in `data`, upright and in RGB.

    Raises NotAnImageError, BrokenImageError, or TooManyPixelsError, the last from the header alone.
    """
    with _open(data) as image:
        _check_size(image, max_pixels)
        try:
            image.load()
            return _upright(to_rgb(image), _orientation(image))
        except Exception as error:
            raise BrokenImageError(f"The {image.format} image is damaged or cut off: {error}") from error


def _open(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except Exception as error:
        if _looks_like_an_image(data):
            raise BrokenImageError("The image's header is damaged or cut off.") from error
        raise NotAnImageError("The file is not an image in JPEG, PNG, WebP, GIF, BMP or TIFF format.") from error


def _check_size(image: Image.Image, max_pixels: int) -> None:
    width, height = image.size
    if not width * height:
        raise BrokenImageError(f"The {image.format} image has no pixels.")
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
