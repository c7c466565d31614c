"""Int8 keeps what fp32 answers, or is refused."""

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from shared.images.decoding import decode
from vision import prepare
from vision.models.card import ModelCard, Quantisation, file_sha256
from vision.models.repository import Repository
from vision.preprocessing import Array, input_of, preprocess

torch = pytest.importorskip("torch")
pytest.importorskip("sklearn")
export = pytest.importorskip("vision.models.export")
equalisation = pytest.importorskip("vision.quantisation.equalisation")
graphs = pytest.importorskip("vision.quantisation.graph")
int8 = pytest.importorskip("vision.quantisation.int8")
observation = pytest.importorskip("vision.quantisation.observation")
recipe = pytest.importorskip("vision.quantisation.recipe")

SIZE = 32


class Network(torch.nn.Module):  # type: ignore[misc,name-defined]
    """Small, with all that the recipe treats in a way of its own; some channels are a thousand times others."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        layer = torch.nn.Conv2d
        self.first, self.wide, self.deep = layer(3, 8, 3, stride=2), layer(8, 16, 1), layer(16, 16, 3, groups=16)
        self.narrow, self.same, self.last = layer(16, 8, 1), layer(8, 8, 3, padding=1), torch.nn.Linear(8, 10)
        with torch.no_grad():
            self.narrow.weight[::2] *= 30
            self.narrow.bias[::2] *= 30

    def forward(self, images: Any) -> Any:
        hidden = torch.nn.functional.relu6(self.deep(torch.nn.functional.relu6(self.wide(self.first(images)))))
        narrow = self.narrow(hidden)
        return self.last(torch.relu(narrow + self.same(narrow)).mean((2, 3)))


@pytest.fixture(scope="session")
def onnx(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small network's ONNX file."""
    path = tmp_path_factory.mktemp("network") / "model.onnx"
    export.export_onnx(Network().eval(), SIZE, path)
    return path


@pytest.fixture
def small(onnx: Path, tmp_path: Path, model_card: ModelCard) -> tuple[Repository, ModelCard]:
    """A repository with the small network alone, and its card."""
    changes = {"labels": tuple("abcdefghij"), "features": 8, "resize_size": SIZE, "crop_size": SIZE}
    card = model_card.model_copy(update={**changes, "sha256": file_sha256(onnx), "prepared_at": datetime.now(UTC)})
    repository = Repository(tmp_path / "models")
    copy = tmp_path / "copy.onnx"
    copy.write_bytes(onnx.read_bytes())
    return repository, repository.add(card, copy)


@pytest.fixture(scope="session")
def model_card(repository: Repository) -> ModelCard:
    """The first fp32 card that is prepared."""
    return next(card for card in repository.cards(repository.default(None)) if card.precision == "fp32")


def quiet() -> Console:
    return Console(file=io.StringIO())


def noise(count: int) -> Array:
    return np.random.default_rng(5).normal(size=(count, 3, SIZE, SIZE)).astype(np.float32)


def test_equalising_makes_channels_alike_and_changes_no_answer(onnx: Path) -> None:
    model, images = recipe.onnx.load(onnx), noise(24)
    graph = graphs.Graph(model)
    before = observation.observe(graph, images)
    expected = recipe.logits_of(onnx.read_bytes(), images)
    equalisation.equalise(graph, before)
    after = observation.observe(graph, images)
    changed = {layer.name: layer.node.output[0] for layer in graph.layers}
    spread = {name: [unlike(seen[tensor].largest) for seen in (before, after)] for name, tensor in changed.items()}
    assert np.abs(recipe.logits_of(graph.model().SerializeToString(), images) - expected).max() < 1e-3
    assert sum(now < was for was, now in spread.values()) >= 3


def unlike(sizes: Array) -> float:
    return float(sizes.max() / sizes.min())


def test_the_small_network_is_accepted(small: tuple[Repository, ModelCard]) -> None:
    repository, fp32 = small
    made = int8.add_int8(repository, fp32, None, quiet())
    serving = repository.serving(fp32.name)
    assert (serving.version, serving.previous) == (made.version, fp32.version)
    loaded, path = repository.load(made.name, made.version)
    assert isinstance(loaded.quantisation, Quantisation)
    assert (loaded.precision, loaded.quantisation.held_out_photos, loaded.labels) == ("int8", 40, fp32.labels)
    assert loaded.quantisation.confidence_difference <= int8.LARGEST_DIFFERENCE
    assert {"QuantizeLinear", "DequantizeLinear"} < {
        node.op_type for node in graphs.Graph(recipe.onnx.load(path)).nodes
    }


def test_a_network_that_int8_harms_stays_fp32(
    small: tuple[Repository, ModelCard], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Photos of nothing show no range that holds for the one that is not of nothing, and is held out."""
    repository, fp32 = small
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(24):
        held_out = number % 3 == 2
        pixels = np.random.default_rng(number).integers(0, 256 if held_out else 1, (SIZE, SIZE, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:02}.png")
    options = ["--output", str(repository.folder), "--precision", "int8", "--calibration", str(folder)]
    assert prepare.main([*options, "--model", fp32.name]) == 1
    said = capsys.readouterr().err
    assert "No int8 model was prepared: on 8 photos held out" in said
    assert "fp32 stays in service" in said
    assert repository.serving(fp32.name).version == fp32.version
    assert repository.cards(fp32.name) == [fp32]


def test_too_few_photos_are_said(
    small: tuple[Repository, ModelCard], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repository, _ = small
    (tmp_path / "notes.jpg").write_text("no photo")
    options = ["--output", str(repository.folder), "--precision", "int8", "--calibration", str(tmp_path)]
    assert prepare.main(options) == 1
    assert "has 0 photos; at least 20 are needed" in capsys.readouterr().err


def test_photos_never_seen_keep_their_class(
    repository: Repository, model_card: ModelCard, calibration_photos: list[Path], tmp_path: Path
) -> None:
    """The prepared model itself, calibrated with half of the photos and compared on the other half."""
    _, source = repository.load(model_card.name, model_card.version)
    images = np.stack([preprocess(decode(p.read_bytes(), 10**8), *input_of(model_card)) for p in calibration_photos])
    calibrated = recipe.calibrate(source, images[::2])
    recipe.write_int8(calibrated, [calibrated.graph.layers[-1].name], tmp_path / "int8.onnx")
    fp32, found = (recipe.logits_of(path.read_bytes(), images[1::2]) for path in (source, tmp_path / "int8.onnx"))
    assert np.mean(fp32.argmax(axis=1) == found.argmax(axis=1)) >= 0.92
    assert recipe.decibels(fp32, found) > 18
