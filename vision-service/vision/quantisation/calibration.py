"""The photos that a model is calibrated with: a folder's, or crops of those that scikit-learn brings along."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageOps
from sklearn.datasets import load_sample_images

from shared.images.decoding import decode
from shared.images.refusals import BrokenImageError, NotAnImageError, TooManyPixelsError
from vision.models.card import ModelCard
from vision.preprocessing import Array, input_of, preprocess

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"})
MAX_PIXELS = 50_000_000
MAX_PHOTOS = 512
"""More change no range any longer; they only take time."""
MIN_PHOTOS = 20
HELD_OUT_EVERY = 3
"""Every third photo is held out."""
CROPS_PER_PHOTO = 60


class CalibrationError(Exception):
    """There are no photos to calibrate with; the text says where and how many are needed."""


@dataclass(frozen=True)
class Photos:
    """Images as the model takes them: (n, 3, size, size), with their number never 0."""

    source: str
    calibrating: Array
    held_out: Array


def collect_photos(folder: Path | None, card: ModelCard) -> Photos:
    """Return the photos under `folder`, or the packaged ones, in two parts that never change.

    A file that is no image is passed over. Raises CalibrationError when fewer than MIN_PHOTOS are left.
    """
    images = _of_folder(folder) if folder else _of_package()
    source = f"the folder {folder}" if folder else "crops of the photos in scikit-learn"
    ready = [preprocess(image, *input_of(card)) for image in images]
    if len(ready) < MIN_PHOTOS:
        raise CalibrationError(f"{source} has {len(ready)} photos; at least {MIN_PHOTOS} are needed")
    numbers = np.arange(len(ready))
    held_out = numbers % HELD_OUT_EVERY == HELD_OUT_EVERY - 1
    whole = np.stack(ready)
    return Photos(source, whole[~held_out], whole[held_out])


def _of_folder(folder: Path) -> Iterator[Image.Image]:
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    step = max(1, -(-len(paths) // MAX_PHOTOS))
    for path in paths[::step]:
        try:
            yield decode(path.read_bytes(), MAX_PIXELS)
        except (NotAnImageError, BrokenImageError, TooManyPixelsError, OSError):
            continue


def _of_package() -> Iterator[Image.Image]:
    """Two photos are few, so each is shown in many parts, sizes, tints and lights, always the same ones."""
    chance = np.random.default_rng(0)
    photos = [Image.fromarray(image) for image in load_sample_images().images]
    for _ in range(CROPS_PER_PHOTO):
        yield from (_varied(photo, chance) for photo in photos)


def _varied(photo: Image.Image, chance: np.random.Generator) -> Image.Image:
    side = int(min(photo.size) * chance.uniform(0.25, 1))
    left, top = (int(chance.integers(length - side + 1)) for length in photo.size)
    part = photo.crop((left, top, left + side, top + side))
    if chance.random() < 0.5:
        part = ImageOps.mirror(part)
    for enhance in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        part = enhance(part).enhance(chance.uniform(0.5, 1.5))
    return part
