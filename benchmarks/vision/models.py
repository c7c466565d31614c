"""The model: the prepared one, or ResNet-18 with random weights; in fp32 and in int8, each in a folder of its own."""

import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import shared.torch_operators  # noqa: F401 torchvision does not import everywhere without it

# isort: split
import torch
from torchvision.models import get_model

from shared.settings import cache_folder
from vision.models.architectures import architecture_of
from vision.models.card import ONNX_NAME, ModelCard, UnknownModelError, file_sha256
from vision.models.export import export_onnx
from vision.models.preparation import create_console, made_with
from vision.models.repository import DEFAULT, Repository
from vision.quantisation.calibration import collect_photos
from vision.quantisation.recipe import quantise
from vision.settings import Settings

RANDOM: Final = "random"
SEED: Final = 18


@dataclass(frozen=True)
class Model:
    """A model in one precision: its card, the folder of the two files, and the repository to serve it from."""

    card: ModelCard
    folder: Path
    repository: Path

    def __str__(self) -> str:
        if self.card.weights == RANDOM:
            return f"{self.card.name} with random weights: speed does not depend on them, and its answers mean nothing"
        return f"{self.card.name} {self.card.weights}, from {self.card.source}"


def models_of(name: str | None) -> tuple[Model, Model]:
    """Return the prepared model `name` in fp32 and in int8; raises UnknownModelError, ModelUnavailableError.

    Without a name it is ResNet-18; where that is not prepared, it gets random weights.
    """
    repository = Repository(Settings().model_dir)
    if name is None and DEFAULT not in repository.names():
        fp32 = _random()
    else:
        fp32 = _copied(repository, name or DEFAULT, "fp32")
    try:
        return fp32, _copied(repository, fp32.card.name, "int8", fp32.card.weights_sha256)
    except UnknownModelError:
        return fp32, _quantised(fp32)


def _copied(repository: Repository, name: str, precision: str, weights: str | None = None) -> Model:
    """Return the last version in this precision, with these weights, in a folder where it is alone."""
    cards = [card for card in repository.cards(name) if card.precision == precision]
    cards = [card for card in cards if weights in {None, card.weights_sha256}]
    if not cards:
        raise UnknownModelError(
            f"There is no {name} in {precision} in {repository.folder}; it has {repository.names()}"
        )
    card, path = repository.load(name, cards[-1].version)
    with TemporaryDirectory() as folder:
        return _placed(card, Path(shutil.copy(path, folder)))


def _random() -> Model:
    """Return ResNet-18 as it is before any training; kept for the next run."""
    known = Repository(_folder(DEFAULT, "fp32"))
    if DEFAULT in known.names() and (card := known.cards(DEFAULT)[-1]).weights == RANDOM:
        return _model(card)
    print(f"{DEFAULT} is not prepared: exporting one with random weights …", flush=True)
    torch.manual_seed(SEED)
    architecture = architecture_of(DEFAULT)
    with TemporaryDirectory() as folder:
        onnx = Path(folder) / ONNX_NAME
        features = export_onnx(get_model(DEFAULT, weights=None).eval(), architecture.preprocessing.crop_size, onnx)
        return _placed(_random_card(onnx, features), onnx)


def _random_card(onnx: Path, features: int) -> ModelCard:
    architecture = architecture_of(DEFAULT)
    sha256 = file_sha256(onnx)
    return ModelCard(
        name=DEFAULT,
        weights=RANDOM,
        stands_in_for=None,
        source="torchvision's initialisation",
        weights_sha256=sha256,
        sha256=sha256,
        precision="fp32",
        quantisation=None,
        labels=architecture.labels,
        features=features,
        made_with=made_with(),
        prepared_at=datetime.now(UTC),
        **asdict(architecture.preprocessing),
    )


def _quantised(fp32: Model) -> Model:
    """Return the model in int8, by the service's own recipe, but without a look at its accuracy."""
    print(f"{fp32.card.name} is not prepared in int8: quantising it …", flush=True)
    photos = collect_photos(None, fp32.card).calibrating
    with TemporaryDirectory() as folder:
        onnx = Path(folder) / ONNX_NAME
        print(f"  {quantise(fp32.folder / ONNX_NAME, onnx, photos, create_console())}", flush=True)
        changes = {"precision": "int8", "sha256": file_sha256(onnx), "prepared_at": datetime.now(UTC)}
        return _placed(fp32.card.model_copy(update=changes), onnx)


def _placed(card: ModelCard, onnx: Path) -> Model:
    repository = _folder(card.name, card.precision)
    shutil.rmtree(repository, ignore_errors=True)
    repository.mkdir(parents=True)
    Repository(repository).add(card, onnx)
    return _model(card)


def _model(card: ModelCard) -> Model:
    repository = _folder(card.name, card.precision)
    return Model(card, repository / card.name / card.version, repository)


def _folder(name: str, precision: str) -> Path:
    return cache_folder("benchmarks") / "vision-models" / f"{name}-{precision}"
