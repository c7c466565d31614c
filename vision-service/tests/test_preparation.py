"""The whole preparation, with a small network in place of the real ones."""

import io
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from rich.console import Console

from vision.classifier import Classifier
from vision.models.card import load_card

torch = pytest.importorskip("torch")


@pytest.fixture
def preparation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The module, with a network of one layer and weights of its own on disk for `mobilenet_v2` only."""
    module: ModuleType = pytest.importorskip("vision.models.preparation")

    def find(name: str, *_: object) -> object:
        if name == "resnet18":
            raise module.WeightsError("the weights of resnet18 cannot be had")
        return module.Weights(tmp_path, "a test", "0" * 64)

    def build(*_: object) -> object:
        pool = (torch.nn.AdaptiveAvgPool2d(2), torch.nn.Flatten())
        return torch.nn.Sequential(*pool, torch.nn.Linear(12, 1000)).eval()

    monkeypatch.setattr(module, "find_weights", find)
    monkeypatch.setattr(module, "build", build)
    monkeypatch.setattr(module.Weights, "load", lambda _: {})
    return module


@pytest.mark.filterwarnings("ignore")
def test_the_stand_in_is_prepared_and_said(preparation: ModuleType, tmp_path: Path) -> None:
    said = Console(file=io.StringIO())
    card = preparation.prepare_model(tmp_path, None, None, said)
    assert isinstance(said.file, io.StringIO)
    assert "falling back to mobilenet_v2" in said.file.getvalue()
    assert (card.name, card.stands_in_for) == ("mobilenet_v2", "resnet18")
    assert load_card(tmp_path) == card
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["model.json", card.file])
    probabilities = Classifier.load(tmp_path, threads=1).predict(np.zeros((2, 3, 224, 224), np.float32))
    assert probabilities.shape == (2, 1000)

    again = preparation.prepare_model(tmp_path, "mobilenet_v2", None, said)
    assert again.stands_in_for is None
    assert again.file != card.file
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["model.json", again.file])


def test_a_model_asked_for_by_name_has_no_stand_in(preparation: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(preparation.WeightsError, match="resnet18"):
        preparation.prepare_model(tmp_path, "resnet18", None, Console(file=io.StringIO()))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.filterwarnings("ignore")
def test_an_export_that_answers_otherwise_is_refused(
    preparation: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export: ModuleType = pytest.importorskip("vision.models.export")
    monkeypatch.setattr(export, "TOLERANCE", -1)
    with pytest.raises(preparation.ExportError, match="differ from torch's"):
        preparation.prepare_model(tmp_path, "mobilenet_v2", None, Console(file=io.StringIO()))
    assert list(tmp_path.iterdir()) == []
