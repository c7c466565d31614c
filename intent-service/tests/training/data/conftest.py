"""The public data sets that the project does not hold, a folder that examples of a property share, and GnuPG."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

INTENTS = Path(__file__).parents[5] / "shared" / "data" / "intents"


@pytest.fixture(scope="session")
def intents() -> Path:
    """The folder with CLINC150 and Banking77."""
    if not INTENTS.is_dir():
        pytest.skip(f"there are no data sets at {INTENTS}")
    return INTENTS


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for files that the examples of a property write over and over."""
    return tmp_path_factory.mktemp("examples")


@pytest.fixture
def encrypt(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str], Path]:
    """Encrypts a file with a passphrase, as people do it, and returns the new file beside it."""
    if shutil.which("gpg") is None:
        pytest.skip("GnuPG is not installed")
    home = tmp_path_factory.mktemp("gnupg")
    home.chmod(0o700)

    def gpg(path: Path, passphrase: str) -> Path:
        target = path.with_name(f"{path.name}.gpg")
        options = [
            "--batch",
            "--homedir",
            str(home),
            "--no-autostart",
            "--s2k-count",
            "65536",
            "--pinentry-mode=loopback",
        ]
        secret = ["--passphrase-fd", "0", "--output", str(target), "--symmetric", str(path)]
        subprocess.run(["gpg", *options, *secret], input=passphrase.encode(), check=True, capture_output=True)
        return target

    return gpg
