"""The model gives the known answers, and says why when it cannot be loaded."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from vision.classifier import Array, Classifier, blank, softmax
from vision.models.card import ModelUnavailableError
from vision.models.repository import Repository
from vision.pipeline import prepare


@pytest.fixture(scope="session")
def classifier(repository: Repository) -> Classifier:
    name = repository.default(None)
    return Classifier(*repository.load(name, repository.serving(name).version), threads=1)


def prepared(classifier: Classifier, data: bytes) -> Array:
    return prepare(data, classifier.card, 10**8).image[np.newaxis]


def test_a_samoyed_is_a_samoyed(classifier: Classifier, dog: bytes) -> None:
    (probabilities,) = softmax(classifier.compute(prepared(classifier, dog)).logits)
    known = {
        "mobilenet_v2": [0.8303, 0.0699, 0.0130, 0.0108, 0.0099],
        "resnet18": [0.8846],
    }[classifier.card.name]
    best = np.argsort(-probabilities)[: len(known)]
    assert classifier.card.labels[best[0]] == "Samoyed"
    assert probabilities[best] == pytest.approx(known, abs=2e-4)


def test_most_photos_are_recognised(classifier: Classifier, calibration_photos: list[Path]) -> None:
    inputs = [prepared(classifier, path.read_bytes()) for path in calibration_photos]
    found = classifier.compute(np.concatenate(inputs)).logits.argmax(axis=1)
    expected = [int(path.name[:4]) for path in calibration_photos]
    assert np.mean(found == expected) > 0.6


def test_a_batch_gives_what_its_images_give_alone(classifier: Classifier) -> None:
    images = np.random.default_rng(3).normal(size=(3, 3, 224, 224)).astype(np.float32)
    alone = np.concatenate([classifier.compute(image[np.newaxis]).logits for image in images])
    together = classifier.compute(images)
    assert np.abs(softmax(together.logits) - softmax(alone)).max() < 1e-5
    assert together.features.shape == (3, classifier.card.features)


def test_softmax_does_not_overflow() -> None:
    rows = softmax(np.array([[1e30, 0, -1e30], [0, 0, 0]], np.float32))
    assert rows[0].tolist() == [1, 0, 0]
    assert rows[1] == pytest.approx(1 / 3)


def test_a_file_that_is_no_model(classifier: Classifier, tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"")
    with pytest.raises(ModelUnavailableError, match=r"cannot be loaded.*vision\.prepare"):
        Classifier(classifier.card, tmp_path / "model.onnx", threads=1)


def test_a_card_with_other_labels(classifier: Classifier, repository: Repository, tmp_path: Path) -> None:
    _, path = repository.load(classifier.card.name, classifier.card.version)
    shutil.copy(path, tmp_path)
    with pytest.raises(ModelUnavailableError, match="has 1000 classes, not 2"):
        Classifier(classifier.card.model_copy(update={"labels": ("one", "two")}), tmp_path / path.name, threads=1)


def test_a_blank_image_is_one_of_the_models_size(classifier: Classifier) -> None:
    assert classifier.compute(blank(classifier.card, 2)).logits.shape == (2, 1000)
