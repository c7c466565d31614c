"""A real prepared model, the application over it, and images made on the spot."""

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from PIL import Image

from shared.images.testing import Encode, encoded, smooth_and_noisy
from shared.testing import client_of
from vision.main import create_app
from vision.models.card import ModelUnavailableError
from vision.models.repository import Repository
from vision.settings import Settings

DATA = Path(__file__).parents[3] / "shared" / "data" / "images"


@pytest.fixture(scope="session")
def model_dir() -> Path:
    """The folder that `python -m vision.prepare` fills; it is the user's, so that only the first run waits."""
    folder = Settings().model_dir
    try:
        Repository(folder).default(None)
    except ModelUnavailableError:
        command = [sys.executable, "-m", "vision.prepare"]
        subprocess.run(command, check=True, timeout=600)
    return folder


@pytest.fixture(scope="session")
def repository(model_dir: Path) -> Repository:
    """The prepared models."""
    return Repository(model_dir)


@pytest.fixture
async def client(model_dir: Path) -> AsyncIterator[httpx2.AsyncClient]:
    settings = Settings(model_dir=model_dir, max_body_bytes=2_000_000, max_pixels=4_000_000, tuning_seconds=0)
    async with client_of(create_app(settings)) as client:
        yield client


@pytest.fixture(scope="session")
def photo() -> Image.Image:
    return smooth_and_noisy()


@pytest.fixture(scope="session")
def encode() -> Encode:
    return encoded


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
