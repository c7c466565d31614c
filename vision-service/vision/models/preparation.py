"""From nothing to a model that can be served: weights, ONNX file, card."""

import platform
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from vision.models.architectures import WEIGHTS_NAME, build, labels_of, preprocessing_of
from vision.models.card import ModelCard, ModelUnavailableError, file_sha256, load_card, save_card
from vision.models.export import ExportError, export_onnx
from vision.models.weights import Weights, WeightsError, find_weights, given_weights

__all__ = ["ExportError", "WeightsError", "create_console", "prepare_model"]

DEFAULT = "resnet18"
FALLBACK = "mobilenet_v2"


def create_console() -> Console:
    """Return where the preparation tells how far it is: on stderr."""
    return Console(file=sys.stderr, soft_wrap=True, highlight=False, markup=False, emoji=False)


def prepare_model(folder: Path, name: str | None, weights: Path | None, console: Console) -> ModelCard:
    """Put an ONNX file and its card into `folder`.

    `name` is the architecture; without one it is the default, or the fallback where the default's weights
    cannot be had. `weights` is a file that must hold the architecture's weights. Raises WeightsError, ExportError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".preparing-") as workspace:
        chosen, found = _choose(name, weights, Path(workspace), console)
        console.print(f"Weights of {chosen}: {found.source}")
        onnx = Path(workspace) / "model.onnx"
        console.print(f"Exporting {chosen} to ONNX (about 20 s) …")
        with console.status("Exporting"):
            export_onnx(build(chosen, found.load()), preprocessing_of(chosen).crop_size, onnx)
        stands_in_for = DEFAULT if name is None and chosen != DEFAULT else None
        return _install(_card(chosen, stands_in_for, found, onnx), onnx, folder)


def _choose(name: str | None, given: Path | None, workspace: Path, console: Console) -> tuple[str, Weights]:
    wanted = name or DEFAULT
    if given:
        return wanted, given_weights(wanted, given)
    console.print(f"Looking for the weights of {wanted} …")
    try:
        return wanted, find_weights(wanted, workspace, console)
    except WeightsError as error:
        if name:
            raise
        console.print(f"{error}: falling back to {FALLBACK}", style="bold yellow")
    return FALLBACK, find_weights(FALLBACK, workspace, console)


def _card(name: str, stands_in_for: str | None, weights: Weights, onnx: Path) -> ModelCard:
    preprocessing = preprocessing_of(name)
    sha256 = file_sha256(onnx)
    return ModelCard(
        name=name,
        weights=WEIGHTS_NAME,
        stands_in_for=stands_in_for,
        source=weights.source,
        weights_sha256=weights.sha256,
        file=f"{name}-{sha256[:12]}.onnx",
        sha256=sha256,
        labels=labels_of(name),
        resize_size=preprocessing.resize_size,
        crop_size=preprocessing.crop_size,
        mean=preprocessing.mean,
        std=preprocessing.std,
        made_with={
            "python": platform.python_version(),
            **{package: version(package) for package in ("torch", "torchvision", "onnx", "onnxruntime")},
        },
    )


def _install(card: ModelCard, onnx: Path, folder: Path) -> ModelCard:
    """Make `card` the folder's model. Files are named by content, so replacing the card alone decides."""
    before = _card_before(folder)
    onnx.replace(folder / card.file)
    save_card(card, folder)
    if before and before.file != card.file:
        (folder / before.file).unlink(missing_ok=True)
    return card


def _card_before(folder: Path) -> ModelCard | None:
    try:
        return load_card(folder)
    except ModelUnavailableError:
        return None
