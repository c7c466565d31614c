"""Pictures made on the spot."""

import pytest
from PIL import Image

from shared.images.testing import Encode, encoded, smooth_and_noisy


@pytest.fixture(scope="session")
def photo() -> Image.Image:
    return smooth_and_noisy()


@pytest.fixture(scope="session")
def encode() -> Encode:
    return encoded
