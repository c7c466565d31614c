"""The service with models trained for the test run."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from crystal.main import create_app
from crystal.settings import Settings
from crystal.train import train
from shared.testing import client_of


@pytest.fixture(scope="session")
def model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both freshly trained models."""
    folder = tmp_path_factory.mktemp("models")
    train(folder)
    return folder


@pytest.fixture(scope="session")
def settings(model_dir: Path) -> Settings:
    """Settings that serve these models."""
    return Settings(model_dir=model_dir)


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the service, in-process."""
    async with client_of(create_app(settings)) as client:
        yield client
