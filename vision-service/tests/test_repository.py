"""The models in a folder: what is whole is found, what is chosen stays chosen, and names lead nowhere else."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vision.models.card import ModelCard, ModelUnavailableError, UnknownModelError
from vision.models.repository import Repository, Serving

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def card_of(name: str, content: bytes, hours: int = 0, stands_in_for: str | None = None) -> ModelCard:
    return ModelCard(
        name=name,
        weights="IMAGENET1K_V1",
        stands_in_for=stands_in_for,
        source="a test",
        weights_sha256="0" * 64,
        sha256=hashlib.sha256(content).hexdigest(),
        precision="fp32",
        quantisation=None,
        labels=("cat", "dog"),
        features=3,
        resize_size=256,
        crop_size=224,
        interpolation="bilinear",
        mean=(0, 0, 0),
        std=(1, 1, 1),
        made_with={},
        prepared_at=NOON + timedelta(hours=hours),
    )


def add(
    repository: Repository, name: str, content: bytes, hours: int = 0, *, serve: bool = True, instead: str | None = None
) -> str:
    repository.folder.mkdir(exist_ok=True)
    file = repository.folder / ".file"
    file.write_bytes(content)
    return repository.add(card_of(name, content, hours, instead), file, serve=serve).version


@pytest.fixture
def models(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "models")


def test_what_was_added_is_found(models: Repository) -> None:
    second, first = add(models, "a", b"2", hours=1), add(models, "a", b"1")
    add(models, "b", b"3")
    assert models.names() == ["a", "b"]
    assert [card.version for card in models.cards("a")] == [first, second]
    card, path = models.load("a", second)
    assert (card, path.read_bytes()) == (card_of("a", b"2", 1), b"2")
    assert add(models, "a", b"2", hours=1) == second  # once more changes nothing
    assert len(models.cards("a")) == 2


def test_what_is_in_service_is_remembered(models: Repository) -> None:
    one, two = add(models, "a", b"1"), add(models, "a", b"2", hours=1)
    assert models.serving("a") == Serving(two, one)
    assert models.choose("a", one) == models.serving("a") == Serving(one, two)
    assert models.choose("a", one) == Serving(one, two)
    three = add(models, "a", b"3", hours=2, serve=False)
    assert models.serving("a") == Serving(one, two)
    (models.folder / "a" / "serving.json").write_text("rubbish")
    assert models.serving("a") == Serving(three, None)


def test_the_default_is_what_is_wanted_or_resnet18_or_its_stand_in_or_the_last(models: Repository) -> None:
    with pytest.raises(ModelUnavailableError, match=r"There is no model at .*vision\.prepare"):
        models.default(None)
    add(models, "b", b"1", hours=2)
    add(models, "a", b"2", hours=1)
    assert models.default(None) == "b"
    add(models, "c", b"3", instead="resnet18")
    assert models.default(None) == "c"
    add(models, "resnet18", b"4")
    assert models.default(None) == "resnet18"
    assert models.default("a") == "a"
    with pytest.raises(UnknownModelError, match="no model 'z'; there is a, b, c, resnet18"):
        models.default("z")


@pytest.mark.parametrize("name", ["..", "a/..", "", "A", "a\0", "a" * 300, "serving.json"])
def test_a_name_that_is_none_leads_nowhere(models: Repository, name: str) -> None:
    version = add(models, "a", b"1")
    assert models.cards(name) == []
    for ask in (lambda: models.load(name, version), lambda: models.serving(name), lambda: models.choose(name, version)):
        with pytest.raises(UnknownModelError):
            ask()


@pytest.mark.parametrize("version", ["..", "../a/" + "0" * 12, "", "0" * 12, "Z" * 12])
def test_a_version_that_is_none_leads_nowhere(models: Repository, version: str) -> None:
    known = add(models, "a", b"1")
    for ask in (lambda: models.load("a", version), lambda: models.choose("a", version)):
        with pytest.raises(UnknownModelError, match=f"there is {known}"):
            ask()


def test_what_is_not_whole_is_not_seen(models: Repository) -> None:
    whole, cut, bare = add(models, "a", b"1"), add(models, "a", b"2"), add(models, "a", b"3")
    (models.folder / "a" / cut / "model.json").write_text("{")
    (models.folder / "a" / bare / "model.onnx").unlink()
    (models.folder / "a" / ("f" * 12)).mkdir()
    (models.folder / "model.json").write_text("{}")
    assert [card.version for card in models.cards("a")] == [whole]
    with pytest.raises(ModelUnavailableError, match="is not a model card"):
        models.load("a", cut)
    with pytest.raises(ModelUnavailableError, match="cannot be read"):
        models.load("a", bare)


def test_what_is_damaged_is_not_loaded(models: Repository) -> None:
    version = add(models, "a", b"1")
    (models.folder / "a" / version / "model.onnx").write_bytes(b"2")
    with pytest.raises(ModelUnavailableError, match="is damaged"):
        models.load("a", version)
    card = models.folder / "a" / version / "model.json"
    card.write_text(json.dumps(json.loads(card.read_text()) | {"name": "b"}))
    with pytest.raises(ModelUnavailableError):
        models.load("a", version)
