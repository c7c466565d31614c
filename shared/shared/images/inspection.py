"""What an image file shows: its type, its size, a hash by which to find its likes, and a thumbnail."""

import io
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from shared.images.decoding import read
from shared.images.profiles import to_srgb

THUMBNAIL_TYPE: Final = "image/jpeg"
THUMBNAIL_QUALITY: Final = 85

_OVERSAMPLING: Final = 2
"""A JPEG is decoded at least so many times as large as its thumbnail, so that a good filter does the last step."""

_GRID: Final = 32
_SIDE: Final = 8
_LOWEST: Final = np.cos(np.pi / _GRID * np.outer(np.arange(_SIDE), np.arange(_GRID) + 0.5))
"""(8, 32): the lowest frequencies of the discrete cosine transform, type II."""

_DECIMALS: Final = 6
"""What is smaller comes from rounding: in a picture of one colour it would make bits of nothing."""


@dataclass(frozen=True)
class ImageFacts:
    """What is known of an image from its content alone."""

    media_type: str
    width: int
    """In pixels, as are the height and every size here, of the image as it is displayed: turned as its EXIF says."""
    height: int
    perceptual_hash: int
    """64 bits, unsigned; pictures that look alike differ in few of them, others in about 32."""


def inspect(data: bytes, max_pixels: int) -> ImageFacts:
    """Return the facts of the (first) image in `data`, which is decoded for it.

    Raises NotAnImageError, BrokenImageError or TooManyPixelsError.
    """
    image, media_type, _ = read(data, max_pixels)
    return ImageFacts(media_type, image.width, image.height, perceptual_hash(image))


def perceptual_hash(image: Image.Image) -> int:
    """Return 64 bits, the signs of the 8 x 8 lowest frequencies of the 32 x 32 greyscale image, about their median.

    They are read by rows, as ImageHash does; after N. Krawetz, "Looks Like It" (hackerfactor.com, 2011).
    """
    pixels = np.asarray(image.convert("L").resize((_GRID, _GRID), Image.Resampling.LANCZOS), np.float64)
    frequencies = np.round(_LOWEST @ pixels @ _LOWEST.T, _DECIMALS)
    bits = frequencies > np.median(frequencies)
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def thumbnail(data: bytes, max_pixels: int, side: int) -> bytes:
    """Return the (first) image in `data` as an upright JPEG in sRGB, on white, without any metadata.

    The longer side has `side` pixels (1 to 65,500), or what the image has if that is less.
    Raises NotAnImageError, BrokenImageError or TooManyPixelsError.
    """
    image, _, profile = read(data, max_pixels, side * _OVERSAMPLING)
    image.thumbnail((side, side))
    if profile is not None:
        image = to_srgb(image, profile)
    image.info = {}  # Pillow would copy a comment from it
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=THUMBNAIL_QUALITY, optimize=True)
    return buffer.getvalue()
