"""The Open Inference Protocol, spoken by Triton's own client and by those who do not keep to it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from tritonclient.http import InferenceServerClient, InferInput, InferRequestedOutput, InferResult
from tritonclient.utils import InferenceServerException

from shared.errors import MEDIA_TYPE
from shared.images.testing import encoded
from shared.testing import server_process
from vision.classifier import Array
from vision.inference.tensors import MAX_BODY_BYTES, encode_elements
from vision.models.card import ModelCard, file_sha256
from vision.models.repository import Repository
from vision.pipeline import prepare
from vision.routes.inferring import HEADER_LENGTH

OTHER = "other"


@pytest.fixture(scope="module")
def repository(model_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The prepared model in two versions, the first in service, and under another name."""
    source = Repository(model_dir)
    name = source.default(None)
    card, path = source.load(name, source.serving(name).version)
    folder = tmp_path_factory.mktemp("models")
    target = Repository(folder)
    for variant, called in (("first", name), ("second", name), ("third", OTHER)):
        model = onnx.load(path)
        model.doc_string = variant
        file = folder / f"{variant}.onnx"
        onnx.save(model, file)
        target.add(card.model_copy(update={"name": called, "sha256": file_sha256(file)}), file, serve=False)
    return target


@pytest.fixture(scope="module")
def url(repository: Repository) -> Iterator[str]:
    quiet = {
        "VISION_MODEL_DIR": str(repository.folder),
        "VISION_LOG_LEVEL": "error",
        "VISION_MODELS": name_of(repository),
    }
    with server_process("vision", "VISION_", quiet) as (_, url):
        yield url


@pytest.fixture
def client(url: str) -> Iterator[InferenceServerClient]:
    with InferenceServerClient(urlsplit(url).netloc, network_timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def card(repository: Repository) -> ModelCard:
    """Of the model in service."""
    name = name_of(repository)
    version = repository.serving(name).version
    return next(card for card in repository.cards(name) if card.version == version)


@pytest.fixture(scope="module")
def files(photo: Image.Image) -> list[bytes]:
    return [encoded(photo, "JPEG"), encoded(photo.rotate(90), "PNG")]


@pytest.fixture(scope="module")
def tensor(files: list[bytes], card: ModelCard) -> Array:
    return np.stack([prepare(file, card, 10_000_000).image for file in files])


def name_of(repository: Repository) -> str:
    """Return the name of the model that is not OTHER."""
    return next(name for name in repository.names() if name != OTHER)


def images_input(tensor: Array, *, binary: bool = True) -> InferInput:
    return InferInput("images", list(tensor.shape), "FP32").set_data_from_numpy(tensor, binary_data=binary)


def files_input(files: list[bytes]) -> InferInput:
    return InferInput("image", [len(files)], "BYTES").set_data_from_numpy(np.array(files, np.object_))


def classes(result: InferResult) -> list[list[tuple[str, int, float]]]:
    """Return what the classification of `probabilities` says, as label, number and confidence."""
    rows = result.as_numpy("probabilities")
    found = [[(t if isinstance(t, str) else t.decode()).split(":", 2) for t in row] for row in rows]
    return [[(label, int(index), float(value)) for value, index, label in row] for row in found]


def predicted(url: str, file: bytes) -> list[tuple[str, int, float]]:
    """Return what the friendly endpoint says."""
    answer = httpx2.post(f"{url}/predictions", files={"file": file}).raise_for_status().json()
    return [(found["label"], found["class_id"], found["confidence"]) for found in answer["predictions"]]


def test_tritons_client_finds_server_and_model(client: InferenceServerClient, card: ModelCard) -> None:
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready(card.name)
    assert client.is_model_ready(card.name, card.version)
    assert not client.is_model_ready(OTHER)
    assert "binary_tensor_data" in client.get_server_metadata()["extensions"]
    metadata = client.get_model_metadata(card.name)
    assert metadata == client.get_model_metadata(card.name, card.version)
    assert metadata["versions"] == [card.version]
    assert [(each["name"], each["datatype"], each["shape"]) for each in metadata["inputs"]] == [
        ("images", "FP32", [-1, 3, card.crop_size, card.crop_size]),
        ("image", "BYTES", [-1]),
    ]


@pytest.mark.parametrize("binary", [True, False])
def test_tensors_are_answered_as_predictions_are(
    client: InferenceServerClient, url: str, card: ModelCard, files: list[bytes], tensor: Array, *, binary: bool
) -> None:
    outputs = [InferRequestedOutput("probabilities", binary_data=binary, class_count=5)]
    result = client.infer(card.name, [images_input(tensor, binary=binary)], card.version, outputs, request_id="42")
    assert result.get_response()["id"] == "42"
    wanted = [predicted(url, file) for file in files]
    for row, expected in zip(classes(result), wanted, strict=True):
        assert [(label, number) for label, number, _ in row] == [(label, number) for label, number, _ in expected]
        np.testing.assert_allclose([each[2] for each in row], [each[2] for each in expected], atol=2e-5)


def test_files_are_answered_as_predictions_are(
    client: InferenceServerClient, url: str, card: ModelCard, files: list[bytes]
) -> None:
    outputs = [InferRequestedOutput("probabilities", class_count=5)]
    result = client.infer(card.name, [files_input(files)], outputs=outputs)
    assert classes(result) == [predicted(url, file) for file in files]


def test_all_outputs_come_where_none_is_named(
    client: InferenceServerClient, card: ModelCard, files: list[bytes], tensor: Array
) -> None:
    result = client.infer(card.name, [images_input(tensor)], parameters={"mine": "kept"})
    logits, probabilities = result.as_numpy("logits"), result.as_numpy("probabilities")
    assert logits.shape == (2, len(card.labels))
    assert result.as_numpy("features").shape == (2, card.features)
    np.testing.assert_allclose(probabilities, np.exp(logits) / np.exp(logits).sum(1, keepdims=True), rtol=1e-4)
    assert result.get_response()["parameters"] == {"mine": "kept"}
    same = client.infer(card.name, [files_input(files)])
    np.testing.assert_allclose(same.as_numpy("logits"), logits, atol=1e-3)


def test_tritons_client_shows_what_is_wrong(client: InferenceServerClient, card: ModelCard, files: list[bytes]) -> None:
    with pytest.raises(
        InferenceServerException, match=r"\[422\] images must be FP32 \[n, 3, .* not FP32 \[1, 3, 2, 2\]"
    ):
        client.infer(card.name, [images_input(np.zeros((1, 3, 2, 2), np.float32))])
    with pytest.raises(InferenceServerException, match=r"\[415\] image\[1\]: The file is not an image"):
        client.infer(card.name, [files_input([files[0], b"no image"])])
    with pytest.raises(InferenceServerException, match=r"\[404\] There is no model 'nothing'"):
        client.get_model_metadata("nothing")
    with pytest.raises(InferenceServerException, match=r"\[422\].*outputs\[0\].name"):
        client.infer(card.name, [files_input(files)], outputs=[InferRequestedOutput("scores")])


def test_another_version_must_be_loaded_first(
    client: InferenceServerClient, repository: Repository, card: ModelCard, files: list[bytes], url: str
) -> None:
    second = next(each.version for each in repository.cards(card.name) if each.version != card.version)
    with pytest.raises(InferenceServerException, match=rf"\[503\] Version {second} of {card.name} .* load it by POST"):
        client.infer(card.name, [files_input(files)], second)
    with pytest.raises(InferenceServerException, match=r"\[404\] There is no version 'a'"):
        client.infer(card.name, [files_input(files)], "a")
    for version in (second, card.version):
        wanted = {"parameters": {"version": version}}
        httpx2.post(f"{url}/v2/repository/models/{card.name}/load", json=wanted, timeout=60).raise_for_status()
        assert client.infer(card.name, [files_input(files)], version).get_response()["model_version"] == version


def test_models_are_loaded_and_unloaded(client: InferenceServerClient, card: ModelCard) -> None:
    client.load_model(OTHER)
    assert client.is_model_ready(OTHER)
    client.unload_model(OTHER)
    assert not client.is_model_ready(OTHER)
    index = {(each["name"], each["version"]): each["state"] for each in client.get_model_repository_index()}
    assert len(index) == 3
    assert [key for key, state in index.items() if state == "READY"] == [(card.name, card.version)]
    with pytest.raises(InferenceServerException, match=r"\[409\].*cannot be unloaded"):
        client.unload_model(card.name)


def test_a_deadline_holds(url: str, card: ModelCard, files: list[bytes]) -> None:
    answer = ask(url, card, {"inputs": [described(files)]}, encode_elements(files), {"X-Request-Timeout": "0.0001"})
    assert (answer.status_code, answer.json()["error"]) == (504, answer.json()["detail"])


def test_a_body_over_the_limit_is_refused(url: str, card: ModelCard) -> None:
    answer = ask(url, card, {}, bytes(MAX_BODY_BYTES))
    assert answer.status_code == 413
    assert f"larger than {MAX_BODY_BYTES:,} bytes" in answer.json()["error"]


def described(files: list[bytes]) -> dict[str, Any]:
    """Return what the JSON says of files that are sent in binary."""
    parameters = {"binary_data_size": len(encode_elements(files))}
    return {"name": "image", "shape": [len(files)], "datatype": "BYTES", "parameters": parameters}


def ask(
    url: str, card: ModelCard, document: Any, binary: bytes, headers: dict[str, str] | None = None
) -> httpx2.Response:
    """Ask by hand."""
    text = json.dumps(document).encode()
    lengths = {HEADER_LENGTH: str(len(text))} | (headers or {})
    return httpx2.post(f"{url}/v2/models/{card.name}/infer", content=text + binary, headers=lengths, timeout=60)


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
anything = st.recursive(scalars, lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=5), part))
inputs = st.fixed_dictionaries(
    {"name": st.sampled_from(["image", "images"]) | anything, "shape": st.lists(st.integers(-1, 4)) | anything},
    optional={
        "datatype": st.sampled_from(["FP32", "BYTES"]) | anything,
        "parameters": st.fixed_dictionaries({"binary_data_size": st.integers(0, 9)}) | anything,
        "data": st.lists(st.text(max_size=4) | st.floats(), max_size=4) | anything,
    },
)
documents = anything | st.fixed_dictionaries(
    {"inputs": st.lists(inputs, max_size=2) | anything},
    optional={"id": anything, "parameters": anything, "outputs": anything},
)


@given(documents, st.binary(max_size=9), st.sampled_from(["0", "1", "9", "-1", "x", "", "9" * 30]) | st.none())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_body_is_a_fault_of_the_service(
    url: str, card: ModelCard, document: Any, binary: bytes, length: str | None
) -> None:
    answer = ask(url, card, document, binary, {} if length is None else {HEADER_LENGTH: length})
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.json()["error"] == answer.json()["detail"]
