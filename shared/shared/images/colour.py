"""Every way that an image file stores colour, turned into 8-bit RGB."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

DEEP_MODES = frozenset({"I", "F"})
"""32 bits a pixel, with no fixed value for white."""


BAND_PIXELS = 1 << 20
"""Converted at once: steps in between cost memory of a band only, and not of a large image."""


def to_rgb(image: Image.Image) -> Image.Image:
    """Return `image` in RGB: transparency on white, 16-bit greyscale scaled to 8 bits and not clipped."""
    if image.mode.startswith("I;16"):
        return _in_bands(image, _scaled)
    if image.mode in DEEP_MODES:
        return _stretched(image)
    if image.has_transparency_data:
        return _in_bands(image, _on_white)
    return image if image.mode == "RGB" else image.convert("RGB")


def _in_bands(image: Image.Image, convert: Callable[[Image.Image], Image.Image]) -> Image.Image:
    result = Image.new("RGB", image.size)
    for top, band in _bands(image):
        result.paste(convert(band), (0, top))
    return result


def _bands(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """Yield strips of whole rows, each with its first row's number."""
    width, height = image.size
    rows = max(1, BAND_PIXELS // width)
    for top in range(0, height, rows):
        yield top, image.crop((0, top, width, min(top + rows, height)))


def _scaled(image: Image.Image) -> Image.Image:
    grey = np.asarray(image) >> 8
    return Image.fromarray(grey.astype(np.uint8)).convert("RGB")


def _stretched(image: Image.Image) -> Image.Image:
    """Show the lowest value as black and the highest as white; what is no number is black."""
    extremes = [(values.min(), values.max()) for values in map(_numbers, (band for _, band in _bands(image)))]
    low, high = (float(choose(column)) for choose, column in zip((min, max), zip(*extremes), strict=True))
    scale = 255 / (high - low) if high > low else 0.0

    def stretch(band: Image.Image) -> Image.Image:
        return Image.fromarray(((_numbers(band) - low) * scale).round().astype(np.uint8)).convert("RGB")

    return _in_bands(image, stretch)


def _numbers(image: Image.Image) -> NDArray[np.float64]:
    with np.errstate(invalid="ignore"):  # a damaged file's signalling NaN
        return np.nan_to_num(np.asarray(image, np.float64), nan=0.0, posinf=0.0, neginf=0.0)


def _on_white(image: Image.Image) -> Image.Image:
    layer = image if image.mode == "RGBA" else image.convert("RGBA")
    white = Image.new("RGB", layer.size, "white")
    white.paste(layer, mask=layer)
    return white
