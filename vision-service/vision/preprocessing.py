"""From an RGB image to the model's input, value for value as torchvision's `ImageClassification` does it."""

import math
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Array: TypeAlias = NDArray[np.float32]

MAX_RESIZED_RATIO = 16
"""Longer side to shorter side up to which the whole image is resized, as torchvision does it."""


def preprocess(
    image: Image.Image, resize_size: int, crop_size: int, mean: Sequence[float], std: Sequence[float]
) -> Array:
    """Return float32 (3, crop_size, crop_size): resized, centre-cropped, scaled to 0..1 and normalised."""
    square = _resize_and_crop(image, resize_size, crop_size)
    values = np.asarray(square, dtype=np.float32).transpose(2, 0, 1) / np.float32(255)
    return (values - _per_channel(mean)) / _per_channel(std)


def resized_size(width: int, height: int, shorter: int) -> tuple[int, int]:
    """Return (width, height) after the resize; the longer side is rounded down."""
    longer = shorter * max(width, height) // min(width, height)
    return (shorter, longer) if width <= height else (longer, shorter)


def _resize_and_crop(image: Image.Image, resize_size: int, crop_size: int) -> Image.Image:
    width, height = resized_size(*image.size, resize_size)
    left, top = _margin(width, crop_size), _margin(height, crop_size)
    if max(width, height) > MAX_RESIZED_RATIO * resize_size:
        return _resized_centre(image, (width, height), (left, top), crop_size)
    resized = image.resize((width, height), Image.Resampling.BILINEAR)
    return resized.crop((left, top, left + crop_size, top + crop_size))


def _resized_centre(image: Image.Image, size: tuple[int, int], corner: tuple[int, int], crop_size: int) -> Image.Image:
    """Compute only the pixels that the crop keeps: of a strip 1 pixel wide the rest would fill the memory.

    The positions are rounded otherwise than in a resize of the whole, so a value may differ by one in 255.
    """
    columns, rows = (
        _kept(before, after, start, crop_size) for before, after, start in zip(image.size, size, corner, strict=True)
    )
    part = image.crop((columns.first, rows.first, columns.last, rows.last))
    box = (columns.start, rows.start, columns.end, rows.end)
    return part.resize((crop_size, crop_size), Image.Resampling.BILINEAR, box=box)


class _Kept(NamedTuple):
    """Along one axis: the pixels to cut out and, counted from the first of them, what the crop shows."""

    first: int
    last: int
    start: float
    end: float


def _kept(before: int, after: int, corner: int, crop_size: int) -> _Kept:
    scale = before / after
    start, end = corner * scale, (corner + crop_size) * scale
    reach = math.ceil(max(scale, 1)) + 1
    first, last = max(0, math.floor(start) - reach), min(before, math.ceil(end) + reach)
    return _Kept(first, last, start - first, end - first)


def _margin(length: int, crop_size: int) -> int:
    return round((length - crop_size) / 2)


def _per_channel(values: Sequence[float]) -> Array:
    return np.asarray(values, dtype=np.float32).reshape(3, 1, 1)
