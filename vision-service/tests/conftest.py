"""A real prepared model, the application over it, and images made on the spot."""

import io
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
from PIL import Image

from shared.testing import client_of
from vision.main import create_app
from vision.models.card import ModelUnavailableError, load_card
from vision.settings import Settings

DATA = Path(__file__).parents[3] / "shared" / "data" / "images"
Encode = Callable[..., bytes]


@pytest.fixture(scope="session")
def model_dir() -> Path:
    """The folder that `python -m vision.prepare` fills; it is the user's, so that only the first run waits."""
    folder = Settings().model_dir
    try:
        load_card(folder)
    except ModelUnavailableError:
        command = [sys.executable, "-m", "vision.prepare"]
        subprocess.run(command, check=True, timeout=600)
    return folder


@pytest.fixture
async def client(model_dir: Path) -> AsyncIterator[httpx2.AsyncClient]:
    settings = Settings(model_dir=model_dir, max_body_bytes=2_000_000, max_pixels=4_000_000)
    async with client_of(create_app(settings)) as client:
        yield client


@pytest.fixture(scope="session")
def photo() -> Image.Image:
    """Smooth colours and fine noise, 80 x 60."""
    y, x = np.mgrid[0:60, 0:80]
    noise = np.random.default_rng(7).integers(0, 40, (60, 80))
    return Image.fromarray(np.stack([x * 3, y * 4, noise * 3], axis=-1).astype(np.uint8))


@pytest.fixture(scope="session")
def encode() -> Encode:
    """Encodes an image in a format of Pillow's."""

    def encode(image: Image.Image, image_format: str, **options: Any) -> bytes:
        buffer = io.BytesIO()
        image.save(buffer, image_format, **options)
        return buffer.getvalue()

    return encode


@pytest.fixture(scope="session")
def dog() -> bytes:
    """The photo of a Samoyed that the known answers are for."""
    path = DATA / "dog.jpg"
    if not path.exists():
        pytest.skip(f"there is no photo at {path}")
    return path.read_bytes()


@pytest.fixture(scope="session")
def calibration_photos() -> list[Path]:
    """Photos whose file names begin with their class."""
    photos = sorted((DATA / "calibration").glob("*.jpg"))
    if not photos:
        pytest.skip(f"there are no photos at {DATA / 'calibration'}")
    return photos
