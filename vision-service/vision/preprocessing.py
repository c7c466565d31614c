"""From an RGB image to the model's input, value for value as torchvision's `ImageClassification` does it."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vision.models.card import Interpolation, ModelCard

Array: TypeAlias = NDArray[np.float32]
Floats: TypeAlias = tuple[float, float, float]

_FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
_REACHES = {"bilinear": 1, "bicubic": 2}
"""How many pixels on each side go into one that is enlarged."""
MAX_RESIZED_RATIO = 16
"""Longer side to shorter side up to which the whole image is resized, as torchvision does it."""


def input_of(card: ModelCard) -> tuple[int, int, Floats, Floats, Interpolation]:
    """Return what `preprocess` needs to know of a model."""
    return card.resize_size, card.crop_size, card.mean, card.std, card.interpolation


def preprocess(
    image: Image.Image,
    resize_size: int,
    crop_size: int,
    mean: Sequence[float],
    std: Sequence[float],
    interpolation: Interpolation = "bilinear",
) -> Array:
    """Return float32 (3, crop_size, crop_size): resized, centre-cropped, scaled to 0..1 and normalised."""
    square = _resize_and_crop(image, resize_size, crop_size, interpolation)
    values, table = np.asarray(square), _normalised(tuple(mean), tuple(std))
    prepared = np.empty((len(table), crop_size, crop_size), np.float32)
    for channel, normalised in enumerate(table):
        np.take(normalised, values[..., channel], out=prepared[channel], mode="clip")
    return prepared


def resized_size(width: int, height: int, shorter: int) -> tuple[int, int]:
    """Return (width, height) after the resize; the longer side is rounded down."""
    longer = shorter * max(width, height) // min(width, height)
    return (shorter, longer) if width <= height else (longer, shorter)


def _resize_and_crop(image: Image.Image, resize_size: int, crop_size: int, interpolation: Interpolation) -> Image.Image:
    width, height = resized_size(*image.size, resize_size)
    left, top = _margin(width, crop_size), _margin(height, crop_size)
    if max(width, height) > MAX_RESIZED_RATIO * resize_size:
        return _resized_centre(image, (width, height), (left, top), crop_size, interpolation)
    resized = image.resize((width, height), _FILTERS[interpolation])
    return resized.crop((left, top, left + crop_size, top + crop_size))


def _resized_centre(
    image: Image.Image,
    size: tuple[int, int],
    corner: tuple[int, int],
    crop_size: int,
    interpolation: Interpolation,
) -> Image.Image:
    """Compute only the pixels that the crop keeps: of a strip 1 pixel wide the rest would fill the memory.

    The positions are rounded otherwise than in a resize of the whole, so a value may differ by one in 255.
    """
    columns, rows = (
        _kept(before, after, start, crop_size, _REACHES[interpolation])
        for before, after, start in zip(image.size, size, corner, strict=True)
    )
    part = image.crop((columns.first, rows.first, columns.last, rows.last))
    box = (columns.start, rows.start, columns.end, rows.end)
    return part.resize((crop_size, crop_size), _FILTERS[interpolation], box=box)


class _Kept(NamedTuple):
    """Along one axis: the pixels to cut out and, counted from the first of them, what the crop shows."""

    first: int
    last: int
    start: float
    end: float


def _kept(before: int, after: int, corner: int, crop_size: int, support: int) -> _Kept:
    scale = before / after
    start, end = corner * scale, (corner + crop_size) * scale
    reach = math.ceil(support * max(scale, 1)) + 1
    first, last = max(0, math.floor(start) - reach), min(before, math.ceil(end) + reach)
    return _Kept(first, last, start - first, end - first)


def _margin(length: int, crop_size: int) -> int:
    return round((length - crop_size) / 2)


@lru_cache
def _normalised(mean: tuple[float, ...], std: tuple[float, ...]) -> Array:
    """Return (3, 256): what becomes of each of the 256 values of a channel. A look-up is faster than the arithmetic."""
    values = np.arange(256, dtype=np.float32) / np.float32(255)
    means, deviations = (np.asarray(each, dtype=np.float32).reshape(3, 1) for each in (mean, std))
    return (values - means) / deviations
