"""Tensors as they are sent: numbers and files in JSON, or in binary after it."""

import base64
import math
import struct
from collections.abc import Sequence
from typing import Annotated, Any, Final

import numpy as np
from pydantic import ConfigDict, FailFast, TypeAdapter, ValidationError

from vision.classifier import Array
from vision.inference.protocol import InferInput

MAX_IMAGES: Final = 32
"""In one request."""
MAX_JSON_BYTES: Final = 1 << 20
"""What a body may take besides the tensors of images of the usual size in binary."""
MAX_BODY_BYTES: Final = MAX_JSON_BYTES + MAX_IMAGES * 4 * 3 * 224 * 224
"""Of larger images, and of numbers in JSON, fewer go into a request."""

MAX_JSON_VALUES: Final = 16 * 3 * 224 * 224
"""Parsed, a value takes far more memory than the two bytes that it may be sent in."""

_PREFIX: Final = struct.Struct("<I")
_LIST: Final = ConfigDict(strict=True)
# The first number that is none ends the search: a list of millions has no list of millions of errors.
_Row = Annotated[list[float], FailFast()]
_Square = Annotated[list[_Row], FailFast()]
_Image = Annotated[list[_Square], FailFast()]
_FLAT: Final = TypeAdapter[list[float]](_Row, config=_LIST)
_NESTED: Final = TypeAdapter[list[Any]](Annotated[list[_Image], FailFast()], config=_LIST)
_TEXTS: Final = TypeAdapter[list[str]](Annotated[list[str], FailFast()], config=_LIST)


class TensorError(Exception):
    """A tensor is not what its request says, or not what the model takes; the text says why."""


def split(body: bytes, json_size: int | None) -> tuple[bytes, memoryview]:
    """Return the JSON and what follows it.

    Raises TensorError when the body is shorter than the JSON, or the JSON has too many values to be parsed.
    """
    if json_size is not None and json_size > len(body):
        raise TensorError(f"Inference-Header-Content-Length is {json_size}, and the body has {len(body)} bytes.")
    document = body[:json_size]
    if document.count(b",") > MAX_JSON_VALUES:
        raise TensorError(f"The JSON has more than {MAX_JSON_VALUES:,} values; send the tensor in binary after it.")
    return document, memoryview(body)[len(document) :]


def decode_images(tensor: InferInput, binary: memoryview, size: int) -> Array:
    """Return the images, (n, 3, size, size), in `tensor` or in `binary`; raises TensorError."""
    count = tensor.shape[0] if tensor.shape else 0
    shape = (count, 3, size, size)
    if tensor.datatype != "FP32" or tuple(tensor.shape) != shape or not 1 <= count <= MAX_IMAGES:
        raise TensorError(_unlike(tensor, f"FP32 [n, 3, {size}, {size}]"))
    data = _data(tensor, binary)
    numbers = _from_binary(data, shape) if isinstance(data, memoryview) else _from_json(data, shape)
    if not np.isfinite(numbers).all():
        raise TensorError("images has a value that is not finite as FP32.")
    return numbers.reshape(shape)


def decode_files(tensor: InferInput, binary: memoryview) -> list[bytes]:
    """Return the image files in `tensor` or in `binary`; raises TensorError."""
    if tensor.datatype != "BYTES" or len(tensor.shape) != 1 or not 1 <= tensor.shape[0] <= MAX_IMAGES:
        raise TensorError(_unlike(tensor, "BYTES [n]"))
    data = _data(tensor, binary)
    files = decode_elements(data) if isinstance(data, memoryview) else _from_base64(data)
    if len(files) != tensor.shape[0]:
        raise TensorError(f"image has {len(files)} elements, and its shape says {tensor.shape[0]}.")
    return files


def decode_elements(data: memoryview) -> list[bytes]:
    """Return the at most MAX_IMAGES + 1 first elements of a BYTES tensor; raises TensorError when one is cut off."""
    elements: list[bytes] = []
    while data and len(elements) <= MAX_IMAGES:
        length = _PREFIX.unpack_from(data)[0] if len(data) >= _PREFIX.size else 0
        if len(data) < _PREFIX.size + length:
            raise TensorError(
                f"Element {len(elements)} is longer than the data: it is cut off, or its length is wrong."
            )
        elements.append(bytes(data[_PREFIX.size : _PREFIX.size + length]))
        data = data[_PREFIX.size + length :]
    return elements


def encode_elements(elements: Sequence[bytes]) -> bytes:
    """Return a BYTES tensor in binary."""
    return b"".join(_PREFIX.pack(len(element)) + element for element in elements)


def encode_numbers(numbers: Array) -> bytes:
    """Return an FP32 tensor in binary."""
    return numbers.astype("<f4", copy=False).tobytes()


def _data(tensor: InferInput, binary: memoryview) -> memoryview | list[Any]:
    size = tensor.parameters.binary_data_size
    if (size or 0) != len(binary):
        raise TensorError(f"binary_data_size is {size or 0}, and {len(binary)} bytes follow the JSON.")
    if size is not None and tensor.data is None:
        return binary
    if size is None and tensor.data is not None:
        return tensor.data
    raise TensorError(f"{tensor.name} needs either data or parameters.binary_data_size.")


def _from_binary(data: memoryview, shape: tuple[int, ...]) -> Array:
    if len(data) != 4 * math.prod(shape):
        raise TensorError(f"images has {len(data)} bytes, and its shape needs {4 * math.prod(shape)}.")
    return np.frombuffer(data, "<f4").astype(np.float32, copy=False)


def _from_json(data: list[Any], shape: tuple[int, ...]) -> Array:
    nested = bool(data) and isinstance(data[0], list)
    wanted = shape[0] if nested else math.prod(shape)
    if len(data) != wanted:
        raise TensorError(f"The data of images has {len(data)} entries, and its shape needs {wanted}.")
    try:
        checked = (_NESTED if nested else _FLAT).validate_python(data)
        with np.errstate(over="ignore"):  # what is too large becomes infinite, and that is refused
            numbers = np.asarray(checked, np.float32)
    except (ValidationError, ValueError, OverflowError) as error:
        raise TensorError("The data of images must be numbers, in one list or nested like the shape.") from error
    if nested and numbers.shape != shape:
        raise TensorError(f"images has data of the shape {list(numbers.shape)}, not {list(shape)}.")
    return numbers


def _from_base64(data: list[Any]) -> list[bytes]:
    try:
        return [base64.b64decode(text, validate=True) for text in _TEXTS.validate_python(data)]
    except ValueError as error:
        raise TensorError("The data of image must be files in base64; send them in binary, or encode them.") from error


def _unlike(tensor: InferInput, wanted: str) -> str:
    return f"{tensor.name} must be {wanted} with n from 1 to {MAX_IMAGES}, not {tensor.datatype} {tensor.shape}."
