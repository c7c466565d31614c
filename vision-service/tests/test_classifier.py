"""The model gives the known answers, and says why when it cannot be loaded."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from shared.images.decoding import decode
from vision.classifier import Classifier, softmax
from vision.models.card import CARD_NAME, ModelUnavailableError, load_card
from vision.preprocessing import Array, preprocess


@pytest.fixture(scope="session")
def classifier(model_dir: Path) -> Classifier:
    return Classifier.load(model_dir, threads=1)


@pytest.fixture
def copy(model_dir: Path, tmp_path: Path) -> Path:
    """The model in a folder of its own, to be damaged."""
    return Path(shutil.copytree(model_dir, tmp_path / "model"))


def prepared(classifier: Classifier, data: bytes) -> Array:
    card = classifier.card
    return preprocess(decode(data, 10**8), card.resize_size, card.crop_size, card.mean, card.std)[np.newaxis]


def test_a_samoyed_is_a_samoyed(classifier: Classifier, dog: bytes) -> None:
    (probabilities,) = classifier.predict(prepared(classifier, dog))
    known = {
        "mobilenet_v2": [0.8303, 0.0699, 0.0130, 0.0108, 0.0099],
        "resnet18": [0.8846],
    }[classifier.card.name]
    best = np.argsort(-probabilities)[: len(known)]
    assert classifier.card.labels[best[0]] == "Samoyed"
    assert probabilities[best] == pytest.approx(known, abs=2e-4)


def test_most_photos_are_recognised(classifier: Classifier, calibration_photos: list[Path]) -> None:
    inputs = [prepared(classifier, path.read_bytes()) for path in calibration_photos]
    found = classifier.predict(np.concatenate(inputs)).argmax(axis=1)
    expected = [int(path.name[:4]) for path in calibration_photos]
    assert np.mean(found == expected) > 0.6


def test_a_batch_gives_what_its_images_give_alone(classifier: Classifier) -> None:
    images = np.random.default_rng(3).normal(size=(3, 3, 224, 224)).astype(np.float32)
    alone = np.concatenate([classifier.predict(image[np.newaxis]) for image in images])
    assert np.abs(classifier.predict(images) - alone).max() < 1e-5
    assert alone.sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_softmax_does_not_overflow() -> None:
    rows = softmax(np.array([[1e30, 0, -1e30], [0, 0, 0]], np.float32))
    assert rows[0].tolist() == [1, 0, 0]
    assert rows[1] == pytest.approx(1 / 3)


def test_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match=r"There is no model at .*vision\.prepare"):
        Classifier.load(tmp_path, threads=1)


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"name": 3}', "\x00\xff"])
def test_a_damaged_card(copy: Path, content: str) -> None:
    (copy / CARD_NAME).write_text(content)
    with pytest.raises(ModelUnavailableError, match="is not a model card"):
        Classifier.load(copy, threads=1)


def test_a_card_cannot_point_outside_its_folder(copy: Path) -> None:
    card = load_card(copy)
    (copy / CARD_NAME).write_text((copy / CARD_NAME).read_text().replace(card.file, "../x.onnx"))
    with pytest.raises(ModelUnavailableError, match="is not a model card"):
        Classifier.load(copy, threads=1)


def test_a_damaged_model(copy: Path) -> None:
    path = copy / load_card(copy).file
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ModelUnavailableError, match="is damaged"):
        Classifier.load(copy, threads=1)
    path.unlink()
    with pytest.raises(ModelUnavailableError, match="cannot be read"):
        Classifier.load(copy, threads=1)


def test_a_file_that_is_no_model(copy: Path) -> None:
    card = load_card(copy)
    (copy / card.file).write_bytes(b"")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    (copy / CARD_NAME).write_text((copy / CARD_NAME).read_text().replace(card.sha256, empty))
    with pytest.raises(ModelUnavailableError, match="cannot be loaded"):
        Classifier.load(copy, threads=1)


def test_a_card_with_other_labels(copy: Path) -> None:
    card = load_card(copy)
    (copy / CARD_NAME).write_text(card.model_copy(update={"labels": ("one", "two")}).model_dump_json())
    with pytest.raises(ModelUnavailableError, match="has 1000 classes, not 2"):
        Classifier.load(copy, threads=1)
