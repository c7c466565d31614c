"""From nothing to a model that can be served: weights, ONNX file, card."""

import platform
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from vision.models.architectures import Architecture, UnknownArchitectureError, architecture_of
from vision.models.card import ModelCard, file_sha256
from vision.models.export import ExportError, export_onnx
from vision.models.repository import DEFAULT, Repository
from vision.models.weights import Weights, WeightsError, find_weights, given_weights

FALLBACK = "mobilenet_v2"
ERRORS = (UnknownArchitectureError, WeightsError, ExportError, OSError)
"""What a preparation may end with; each says why."""


@dataclass(frozen=True)
class Wish:
    """What is to be prepared: without a name the default, or the fallback where its weights cannot be had."""

    name: str | None = None
    weights: str | None = None
    """The weights' name; without one the architecture's own."""
    file: Path | None = None
    """A file that must hold these weights."""


def create_console() -> Console:
    """Return where the preparation tells how far it is: on stderr."""
    return Console(file=sys.stderr, soft_wrap=True, highlight=False, markup=False, emoji=False)


def prepare_model(folder: Path, wish: Wish, console: Console) -> ModelCard:
    """Put the fp32 model into the repository in `folder`, and into service.

    Raises UnknownArchitectureError, WeightsError, ExportError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".preparing-") as workspace:
        chosen, found = _choose(wish, Path(workspace), console)
        console.print(f"Weights of {chosen.name}: {found.source}")
        onnx = Path(workspace) / "model.onnx"
        console.print(f"Exporting {chosen.name} to ONNX (about 20 s) …")
        with console.status("Exporting"):
            features = export_onnx(chosen.build(found.load()), chosen.preprocessing.crop_size, onnx)
        stands_in_for = DEFAULT if wish.name is None and chosen.name != DEFAULT else None
        return Repository(folder).add(_card(chosen, stands_in_for, found, onnx, features), onnx)


def made_with() -> dict[str, str]:
    """Return the versions of what makes the files."""
    packages = ("torch", "torchvision", "onnx", "onnxruntime")
    return {"python": platform.python_version(), **{package: version(package) for package in packages}}


def _choose(wish: Wish, workspace: Path, console: Console) -> tuple[Architecture, Weights]:
    wanted = architecture_of(wish.name or DEFAULT, wish.weights)
    if wish.file:
        return wanted, given_weights(wanted, wish.file)
    console.print(f"Looking for the weights of {wanted.name} …")
    try:
        return wanted, find_weights(wanted, workspace, console)
    except WeightsError as error:
        if wish.name or wish.weights:
            raise
        console.print(f"{error}: falling back to {FALLBACK}", style="bold yellow")
    fallback = architecture_of(FALLBACK)
    return fallback, find_weights(fallback, workspace, console)


def _card(chosen: Architecture, stands_in_for: str | None, weights: Weights, onnx: Path, features: int) -> ModelCard:
    return ModelCard(
        name=chosen.name,
        weights=chosen.weights,
        stands_in_for=stands_in_for,
        source=weights.source,
        weights_sha256=weights.sha256,
        sha256=file_sha256(onnx),
        precision="fp32",
        quantisation=None,
        labels=chosen.labels,
        features=features,
        made_with=made_with(),
        prepared_at=datetime.now(UTC),
        **asdict(chosen.preprocessing),
    )
