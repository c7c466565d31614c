"""The whole preparation, with a small network in place of the real ones; and the export of real architectures."""

import io
from pathlib import Path
from types import ModuleType

import numpy as np
import onnxruntime
import pytest
from rich.console import Console

from vision.classifier import Classifier
from vision.models.repository import Repository

torch = pytest.importorskip("torch")


@pytest.fixture
def preparation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The module, with a network of one layer and weights of its own on disk for `mobilenet_v2` only."""
    module: ModuleType = pytest.importorskip("vision.models.preparation")

    def find(wanted: object, *_: object) -> object:
        if getattr(wanted, "name", None) == "resnet18":
            raise module.WeightsError("the weights of resnet18 cannot be had")
        return module.Weights(tmp_path, "a test", "0" * 64)

    def build(*_: object) -> object:
        pool = (torch.nn.AdaptiveAvgPool2d(2), torch.nn.Flatten())
        return torch.nn.Sequential(*pool, torch.nn.Linear(12, 1000)).eval()

    monkeypatch.setattr(module, "find_weights", find)
    monkeypatch.setattr(module.Architecture, "build", build)
    monkeypatch.setattr(module.Weights, "load", lambda _: {})
    return module


@pytest.mark.filterwarnings("ignore")
def test_the_stand_in_is_prepared_and_said(preparation: ModuleType, tmp_path: Path) -> None:
    said, repository = Console(file=io.StringIO()), Repository(tmp_path / "models")
    card = preparation.prepare_model(repository.folder, preparation.Wish(), said)
    assert isinstance(said.file, io.StringIO)
    assert "falling back to mobilenet_v2" in said.file.getvalue()
    assert (card.name, card.stands_in_for, card.features) == ("mobilenet_v2", "resnet18", 12)
    found, path = repository.load("mobilenet_v2", repository.serving("mobilenet_v2").version)
    assert found == card
    outputs = Classifier(found, path, threads=1).compute(np.zeros((2, 3, 224, 224), np.float32))
    assert (outputs.logits.shape, outputs.features.shape) == ((2, 1000), (2, 12))

    again = preparation.prepare_model(repository.folder, preparation.Wish("mobilenet_v2"), said)
    assert again.stands_in_for is None
    assert repository.serving("mobilenet_v2").previous == card.version
    assert again.version == repository.serving("mobilenet_v2").version != card.version


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["squeezenet1_1", "shufflenet_v2_x0_5", "mobilenet_v3_small"])
def test_classifiers_of_other_families_are_exported(name: str, tmp_path: Path) -> None:
    architectures = pytest.importorskip("vision.models.architectures")
    export = pytest.importorskip("vision.models.export")
    models = pytest.importorskip("torchvision.models")
    network = models.get_model(name, weights=None).eval()
    features = export.export_onnx(network, architectures.architecture_of(name).preprocessing.crop_size, tmp_path / "m")
    session = onnxruntime.InferenceSession(tmp_path / "m", providers=["CPUExecutionProvider"])
    images = torch.rand(2, 3, 224, 224, generator=torch.Generator().manual_seed(1))
    logits, found = session.run(["logits", "features"], {"images": images.numpy()})
    with torch.inference_mode():
        assert np.abs(logits - network(images).numpy()).max() < 1e-3
    assert found.shape == (2, features)
