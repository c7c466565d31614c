"""Models with an encoder, frozen or fine-tuned, from data to a served answer."""

import json
from base64 import b64decode
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from intent import classifier
from intent.card import METRICS, NETWORK, ModelUnavailableError
from intent.explaining import MAX_ENCODED_PARTS, explain
from intent.main import create_app
from intent.settings import Settings
from intent.training.chatbot.generating import generate
from intent.training.data.examples import Example
from intent.training.data.reading import read
from intent.training.data.splitting import split
from intent.training.encoders.building import build
from intent.training.encoding import Built, Lesson, Tell
from intent.training.fitting import DEFAULT
from intent.training.learning import Task, learn
from intent.training.numbering import labels_of
from intent.training.running import run
from shared.testing import client_of


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    generate(folder, rows=400)
    return folder


@pytest.fixture(scope="module")
def twice(data: Path, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Lesson], list[Built]]:
    """A model, and what its encoder was fine-tuned on and became, one time after the other."""
    lessons, builts = list[Lesson](), list[Built]()

    def made(target: Path, lesson: Lesson, tell: Tell) -> Built:
        lessons.append(lesson)
        builts.append(build(str(folder), True, target, lesson, tell))
        return builts[-1]

    return run(data, None, tmp_path_factory.mktemp("twice"), 0, print, build=made).folder, lessons, builts


@pytest.fixture(scope="module", params=["frozen", "finetuned"])
def model(request: pytest.FixtureRequest, data: Path, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if request.param == "finetuned":
        finetuned: Path = request.getfixturevalue("twice")[0]
        return finetuned
    made = partial(build, str(folder), False)
    return run(data, None, tmp_path_factory.mktemp("models"), 0, print, build=made).folder


def test_a_finetuned_encoder_has_seen_all_rows_but_those_for_testing(
    data: Path, twice: tuple[Path, list[Lesson], list[Built]]
) -> None:
    model, lessons, builts = twice
    splits = split(read(data), 0)
    assert [each.texts for each in lessons] == [
        _texts(splits.training),
        _texts([*splits.training, *splits.validation]),
    ]
    assert [each.outside for each in lessons] == [
        _texts(splits.out_of_scope_training),
        _texts([*splits.out_of_scope_training, *splits.out_of_scope_validation]),
    ]
    assert 0 < len(lessons[0].outside) < len(lessons[1].outside)
    assert classifier.load(model).card.encoder == builts[1].encoding != builts[0].encoding


def test_it_is_calibrated_by_the_one_that_has_not_seen_the_validation_part(
    data: Path, twice: tuple[Path, list[Lesson], list[Built]]
) -> None:
    model, _, builts = twice
    splits = split(read(data), 0)
    first = learn(Task(splits, labels_of(splits), builts[0], 0, DEFAULT), print)
    card = classifier.load(model).card
    assert card.calibration == first.calibration
    assert card.scope_threshold == first.threshold


def test_what_is_served_scores_as_what_was_judged(data: Path, model: Path) -> None:
    served = classifier.load(model)
    examples = [example for example in split(read(data), 0).testing if example.label is not None]
    scored = served.score([example.text for example in examples])
    predicted = [served.card.labels[number] for number in scored.probabilities.argmax(axis=1)]
    judged = json.loads((model / METRICS).read_text())
    right = np.mean([label == example.label for label, example in zip(predicted, examples)])
    assert right == pytest.approx(judged["accuracy"]["value"])
    assert served.card.scope_threshold is not None


def test_a_text_alone_scores_as_among_others(model: Path) -> None:
    served = classifier.load(model)
    texts = ["where is my order?", "", "je veux un remboursement", "x" * 5000, "\ud800"]
    together = served.score(texts)
    for number, text in enumerate(texts):
        assert served.score([text]).probabilities[0] == pytest.approx(together.probabilities[number], abs=1e-5)


def test_its_words_are_explained(model: Path) -> None:
    words = explain(classifier.load(model), " ".join(["where is my order"] * 100))
    assert len(words) == MAX_ENCODED_PARTS
    assert " ".join(word.text for word in words) == " ".join(["where is my order"] * 100)


async def test_one_text_keeps_its_deadline(model: Path) -> None:
    async with client_of(create_app(Settings(model_dir=model.parent))) as client:
        answer = await client.get("/intent?query=hello", headers={"X-Request-Timeout": "0.0001"})
    assert answer.status_code == 504


async def test_its_vectors_are_told_as_numbers_and_in_base64(model: Path) -> None:
    texts = ["where is my order?", "cancel it", "where is my order?", "x" * 5000]
    async with client_of(create_app(Settings(model_dir=model.parent))) as client:
        numbers = (await client.post("/embeddings", json={"texts": texts})).json()
        packed = (await client.post("/embeddings", json={"texts": texts, "encoding_format": "base64"})).json()
    assert numbers["version"] == model.name
    assert numbers["encoder"] == packed["encoder"]
    vectors = np.array(numbers["vectors"])
    assert vectors.shape == (len(texts), numbers["dimensions"])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert vectors[0] == pytest.approx(vectors[2], abs=1e-6)
    assert np.frombuffer(b64decode(packed["vectors"]), "<f4").reshape(vectors.shape) == pytest.approx(vectors, abs=1e-7)


def test_without_its_network_it_is_not_served(model: Path, tmp_path: Path) -> None:
    _copy(model, tmp_path, [path.name for path in model.iterdir() if path.name != NETWORK])
    with pytest.raises(ModelUnavailableError, match=f"{NETWORK} or .* is missing or damaged"):
        classifier.load(tmp_path)


def _texts(examples: Sequence[Example]) -> list[str]:
    return [example.text for example in examples]


def _copy(source: Path, target: Path, names: Sequence[str]) -> None:
    for name in names:
        (target / name).write_bytes((source / name).read_bytes())
