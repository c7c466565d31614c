"""From the colours that a file describes by an ICC profile of its own to sRGB, as which all others are shown."""

import io
from typing import Final

from PIL import Image, ImageCms

MAX_PROFILE_BYTES: Final = 1_000_000
"""A display's or a camera's profile has a few hundred to a few thousand bytes, a scanner's up to some 100,000."""

_COLOUR_SPACE: Final = slice(16, 20)
"""In the header, ISO 15076-1, 7.2."""


def to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Return the RGB `image` in sRGB if its colours are those of `profile`.

    A profile that is too large, unreadable, or not of RGB (a greyscale's or a printer's) is passed over, as a viewer
    without colour management does: the pixels are good without it.
    """
    if len(profile) > MAX_PROFILE_BYTES or profile[_COLOUR_SPACE] != b"RGB ":
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB")) or image
    except (ImageCms.PyCMSError, OSError):
        return image
