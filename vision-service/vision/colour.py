"""Every way that an image file stores colour, turned into 8-bit RGB."""

import numpy as np
from PIL import Image

DEEP_MODES = frozenset({"I", "F"})
"""32 bits a pixel, with no fixed value for white."""


def to_rgb(image: Image.Image) -> Image.Image:
    """Return `image` in RGB: transparency on white, 16-bit greyscale scaled to 8 bits and not clipped."""
    if image.mode.startswith("I;16"):
        return _scaled(image)
    if image.mode in DEEP_MODES:
        return _stretched(image)
    if image.has_transparency_data:
        return _on_white(image)
    return image if image.mode == "RGB" else image.convert("RGB")


def _scaled(image: Image.Image) -> Image.Image:
    grey = np.asarray(image) >> 8
    return Image.fromarray(grey.astype(np.uint8)).convert("RGB")


def _stretched(image: Image.Image) -> Image.Image:
    """Show the lowest value as black and the highest as white; what is no number is black."""
    values = np.nan_to_num(np.asarray(image, np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    grey = (values - low) * (255 / (high - low)) if high > low else np.zeros_like(values)
    return Image.fromarray(grey.round().astype(np.uint8)).convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    layer = image if image.mode == "RGBA" else image.convert("RGBA")
    white = Image.new("RGB", layer.size, "white")
    white.paste(layer, mask=layer)
    return white
