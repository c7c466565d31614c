"""From what a model says of each image to the answer's tensors."""

from collections.abc import Sequence

import numpy as np

from vision.caching import Answer
from vision.classifier import Array, softmax
from vision.inference.protocol import (
    OUTPUTS,
    PLATFORM,
    InferOutput,
    InferRequest,
    InferResponse,
    ModelMetadata,
    RequestedOutput,
    ResponseParameters,
    TensorMetadata,
)
from vision.inference.tensors import TensorError, encode_elements, encode_numbers
from vision.models.card import ModelCard


def describe(card: ModelCard) -> ModelMetadata:
    """Return what the model takes and gives."""
    files = {"content_type": "base64", "instead_of": "images", "holds": "JPEG, PNG, WebP, GIF, BMP or TIFF files"}
    classes = len(card.labels)
    return ModelMetadata(
        name=card.name,
        versions=[card.version],
        platform=PLATFORM,
        inputs=[
            TensorMetadata(
                name="images",
                datatype="FP32",
                shape=[-1, 3, card.crop_size, card.crop_size],
                parameters={"instead_of": "image", "holds": "RGB, scaled to 0..1 and normalised"},
            ),
            TensorMetadata(name="image", datatype="BYTES", shape=[-1], parameters=files),
        ],
        outputs=[
            TensorMetadata(name="logits", datatype="FP32", shape=[-1, classes]),
            TensorMetadata(name="probabilities", datatype="FP32", shape=[-1, classes]),
            TensorMetadata(name="features", datatype="FP32", shape=[-1, card.features]),
        ],
    )


def respond(request: InferRequest, card: ModelCard, answers: Sequence[Answer]) -> tuple[bytes, bytes]:
    """Return the answer's JSON and the binary data that follows it.

    Raises TensorError when the model's answer to a tensor is no number.
    """
    tensors = _stack(answers)
    wanted = request.outputs or [RequestedOutput(name=name) for name in OUTPUTS]
    encoded = [_encode(output, tensors[output.name], card, request) for output in wanted]
    response = InferResponse(
        model_name=card.name,
        model_version=card.version,
        id=request.id,
        parameters=request.parameters.__pydantic_extra__ or None,
        outputs=[output for output, _ in encoded],
    )
    return response.model_dump_json(exclude_none=True).encode(), b"".join(binary for _, binary in encoded)


def classify(values: Array, count: int, labels: Sequence[str]) -> list[str]:
    """Return the `count` highest of `values`, or all, as Triton writes them: `value:index:label`."""
    best = np.argsort(-values, kind="stable")[:count]
    return [":".join([f"{values[i]:f}", str(i), *labels[i : i + 1]]) for i in best]


def _stack(answers: Sequence[Answer]) -> dict[str, Array]:
    logits = np.stack([answer.logits for answer in answers])
    features = np.stack([answer.features for answer in answers])
    if not (np.isfinite(logits).all() and np.isfinite(features).all()):
        raise TensorError("The values of images are so large that the model's answer is not finite.")
    return {"logits": logits, "probabilities": softmax(logits), "features": features}


def _encode(
    wanted: RequestedOutput, values: Array, card: ModelCard, request: InferRequest
) -> tuple[InferOutput, bytes]:
    count, binary = wanted.parameters.classification, wanted.parameters.binary_data
    as_binary = request.parameters.binary_data_output if binary is None else binary
    if count is None:
        numbers = encode_numbers(values) if as_binary else values.ravel().tolist()
        return _output(wanted, values.shape, "FP32", numbers)
    labels = () if wanted.name == "features" else card.labels
    texts = [text for row in values for text in classify(row, count, labels)]
    strings = encode_elements([text.encode() for text in texts]) if as_binary else texts
    return _output(wanted, (len(values), len(texts) // len(values)), "BYTES", strings)


def _output(
    wanted: RequestedOutput, shape: Sequence[int], datatype: str, data: bytes | list[float] | list[str]
) -> tuple[InferOutput, bytes]:
    if isinstance(data, bytes):
        size = ResponseParameters(binary_data_size=len(data))
        return InferOutput(name=wanted.name, shape=list(shape), datatype=datatype, parameters=size), data
    return InferOutput(name=wanted.name, shape=list(shape), datatype=datatype, data=data), b""
