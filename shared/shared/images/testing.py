"""For tests: pictures made on the spot, and files of them."""

import io
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from PIL import Image

Encode: TypeAlias = Callable[..., bytes]


def encoded(image: Image.Image, image_format: str, **options: Any) -> bytes:  # noqa: ANN401 what each format takes
    """Return `image` as a file in a format of Pillow's."""
    buffer = io.BytesIO()
    image.save(buffer, image_format, **options)
    return buffer.getvalue()


def smooth_and_noisy() -> Image.Image:
    """Return smooth colours and fine noise, 80 x 60, the same each time."""
    y, x = np.mgrid[0:60, 0:80]
    noise = np.random.default_rng(7).integers(0, 40, (60, 80))
    return Image.fromarray(np.stack([x * 3, y * 4, noise * 3], axis=-1).astype(np.uint8))


def random_field(seed: int, width: int, height: int) -> Image.Image:
    """Return smooth random colours; those of two seeds have nothing in common, as two photos have not."""
    coarse = np.random.default_rng(seed).integers(0, 256, (12, 12, 3)).astype(np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
