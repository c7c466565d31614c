"""Tensors of the Open Inference Protocol: what is encoded is decoded, and what is not a tensor is refused."""

import base64
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from vision.caching import Answer
from vision.classifier import Array
from vision.inference.answers import classify, respond
from vision.inference.protocol import InferInput, InferRequest, InputParameters
from vision.inference.tensors import (
    MAX_IMAGES,
    TensorError,
    decode_elements,
    decode_files,
    decode_images,
    encode_elements,
    encode_numbers,
    split,
)
from vision.models.repository import Repository

SIZE = 2
NOTHING = memoryview(b"")

finite = st.floats(width=32, allow_nan=False, allow_infinity=False)
images = st.integers(1, 3).flatmap(lambda n: arrays.arrays(np.float32, (n, 3, SIZE, SIZE), elements=finite))
files = st.lists(st.binary(max_size=20), min_size=1, max_size=MAX_IMAGES)


def tensor(shape: tuple[int, ...], data: list[Any] | None = None, size: int | None = None) -> InferInput:
    """The input `images`."""
    parameters = InputParameters(binary_data_size=size)
    return InferInput(name="images", datatype="FP32", shape=list(shape), data=data, parameters=parameters)


def file_tensor(count: int, data: list[Any] | None = None, size: int | None = None) -> InferInput:
    """The input `image`."""
    parameters = InputParameters(binary_data_size=size)
    return InferInput(name="image", datatype="BYTES", shape=[count], data=data, parameters=parameters)


@given(images)
def test_images_survive_in_binary(values: Array) -> None:
    data = encode_numbers(values)
    # An odd number of bytes before them: nothing says that the data begins where numbers may.
    _, binary = split(b"{" + data, 1)
    found = decode_images(tensor(values.shape, size=len(data)), binary, SIZE)
    np.testing.assert_array_equal(found, values, strict=True)


@given(images, st.booleans())
def test_images_survive_in_json(values: Array, nested: bool) -> None:
    data = values.tolist() if nested else values.ravel().tolist()
    np.testing.assert_array_equal(decode_images(tensor(values.shape, data), NOTHING, SIZE), values, strict=True)


@given(files)
def test_files_survive_in_binary(elements: list[bytes]) -> None:
    data = encode_elements(elements)
    assert decode_files(file_tensor(len(elements), size=len(data)), memoryview(data)) == elements


@given(files)
def test_files_survive_in_base64(elements: list[bytes]) -> None:
    data = [base64.b64encode(element).decode() for element in elements]
    assert decode_files(file_tensor(len(elements), data), NOTHING) == elements


@given(st.binary(max_size=60))
def test_any_bytes_are_elements_or_refused(data: bytes) -> None:
    with suppress(TensorError):
        assert encode_elements(decode_elements(memoryview(data))) == data


COUNT = 3 * SIZE * SIZE


@pytest.mark.parametrize(
    ("wrong", "binary", "reason"),
    [
        (tensor((1, 3, SIZE, SIZE), [0.0] * 11), b"", "has 11 entries, and its shape needs 12"),
        (tensor((1, 3, SIZE, SIZE), [[[[0.0]]]]), b"", r"shape \[1, 1, 1, 1\], not \[1, 3, 2, 2\]"),
        (tensor((1, 3, SIZE, SIZE), [[[[0.0], [0.0, 1.0]]]]), b"", "must be numbers"),
        (tensor((1, 3, SIZE, SIZE), ["0"] * COUNT), b"", "must be numbers"),
        (tensor((1, 3, SIZE, SIZE), [True] * COUNT), b"", "must be numbers"),
        (tensor((1, 3, SIZE, SIZE), [10**400] * COUNT), b"", "must be numbers"),
        (tensor((1, 3, SIZE, SIZE), [float("nan")] * COUNT), b"", "not finite"),
        (tensor((1, 3, SIZE, SIZE), [1e39] * COUNT), b"", "not finite as FP32"),
        (tensor((1, 3, SIZE, SIZE), size=48), np.full(COUNT, np.inf, "<f4").tobytes(), "not finite"),
        (tensor((1, 3, SIZE, SIZE), size=44), bytes(44), "has 44 bytes, and its shape needs 48"),
        (tensor((1, 3, SIZE, SIZE), size=48), bytes(44), "binary_data_size is 48, and 44 bytes"),
        (tensor((1, 3, SIZE, SIZE), [0.0] * COUNT), bytes(1), "binary_data_size is 0, and 1 bytes"),
        (tensor((1, 3, SIZE, SIZE), [0.0] * COUNT, size=48), bytes(48), "either data or"),
        (tensor((1, 3, SIZE, SIZE)), b"", "either data or"),
        (tensor((0, 3, SIZE, SIZE), []), b"", "n from 1 to 32"),
        (tensor((33, 3, SIZE, SIZE), size=2**62), b"", "n from 1 to 32"),
        (tensor((3, SIZE, SIZE), [0.0] * COUNT), b"", r"must be FP32 \[n, 3, 2, 2\]"),
        (tensor((), []), b"", r"not FP32 \[\]"),
    ],
)
def test_what_are_no_images_is_refused(wrong: InferInput, binary: bytes, reason: str) -> None:
    with pytest.raises(TensorError, match=reason):
        decode_images(wrong, memoryview(binary), SIZE)


@pytest.mark.parametrize(
    ("wrong", "binary", "reason"),
    [
        (file_tensor(1, size=4), b"\x01\0\0\0", "cut off"),
        (file_tensor(1, size=4), b"\xff\xff\xff\xff", "cut off"),
        (file_tensor(2, size=5), b"\x01\0\0\0a", "has 1 elements, and its shape says 2"),
        (file_tensor(MAX_IMAGES, size=4 * 1000), bytes(4 * 1000), "has 33 elements"),
        (file_tensor(MAX_IMAGES + 1, size=4 * 33), bytes(4 * 33), "n from 1 to 32"),
        (file_tensor(1, ["no base64!"]), b"", "in base64"),
        (file_tensor(1, ["é"]), b"", "in base64"),
        (file_tensor(1, [1]), b"", "in base64"),
    ],
)
def test_what_are_no_files_is_refused(wrong: InferInput, binary: bytes, reason: str) -> None:
    with pytest.raises(TensorError, match=reason):
        decode_files(wrong, memoryview(binary))


def test_json_that_would_fill_the_memory_is_not_parsed() -> None:
    with pytest.raises(TensorError, match="more than 2,408,448 values"):
        split(b"[" + b"0," * 3_000_000 + b"0]", None)


def test_an_answer_that_is_no_number_is_refused(model_dir: Path) -> None:
    repository = Repository(model_dir)
    card = repository.cards(repository.default(None))[0]
    answer = Answer(np.array([0, np.nan], np.float32), np.zeros(3, np.float32))
    request = InferRequest(inputs=[file_tensor(1)])
    with pytest.raises(TensorError, match="not finite"):
        respond(request, card, [answer])


def test_classes_are_written_as_triton_does_it() -> None:
    values = np.array([1, 5, 10, 4], np.float32)
    assert classify(values, 2, ("a", "b", "c", "d")) == ["10.000000:2:c", "5.000000:1:b"]
    assert classify(values, 9, ()) == ["10.000000:2", "5.000000:1", "4.000000:3", "1.000000:0"]
