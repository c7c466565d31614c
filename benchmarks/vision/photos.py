"""The photos: a folder's, or made here from gradients and noise, the same for every server and every run."""

import io
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

SIZE: Final = (500, 375)
BYTES: Final = 110_000
COUNT: Final = 16
NOISE: Final = 24
SHORTEST: Final = 1000
"""What is smaller is no photo."""


def made_photos() -> list[bytes]:
    """Return JPEGs of 500x375 pixels and about 110 kB, as ImageNet's are on average."""
    return [_jpeg(_picture(seed)) for seed in range(COUNT)]


def photos_in(folder: Path) -> list[bytes]:
    """Return the JPEGs in `folder`; raises ValueError when there are none."""
    found = [path.read_bytes() for path in sorted(folder.rglob("*")) if path.suffix.lower() in {".jpg", ".jpeg"}]
    photos = [data for data in found if len(data) >= SHORTEST]
    if not photos:
        raise ValueError(f"{folder} holds no JPEGs")
    return photos


def described(photos: list[bytes], folder: Path | None) -> str:
    """Return in words what is sent."""
    mean = sum(map(len, photos)) / len(photos) / 1000
    if folder:
        return f"{len(photos)} JPEGs from {folder}, {mean:.0f} kB on average"
    return f"{len(photos)} JPEGs of {SIZE[0]}x{SIZE[1]}, gradients and noise, quality chosen to give {mean:.0f} kB"


def _picture(seed: int) -> Image.Image:
    random = np.random.default_rng(seed)
    x, y = np.meshgrid(np.linspace(0, 1, SIZE[0]), np.linspace(0, 1, SIZE[1]))
    slopes = random.uniform(-1, 1, (3, 2, 1, 1))
    smooth = 128 + 100 * (slopes[:, 0] * (x - 0.5) + slopes[:, 1] * (y - 0.5))
    noisy = smooth + random.normal(0, NOISE, (1, SIZE[1], SIZE[0]))
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8).transpose(1, 2, 0))


def _jpeg(picture: Image.Image) -> bytes:
    """Return the picture in the quality whose size is nearest to what is wanted."""
    files = (_saved(picture, quality) for quality in range(50, 98))
    return min(files, key=lambda data: abs(len(data) - BYTES))


def _saved(picture: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return file.getvalue()
