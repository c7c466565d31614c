"""From a request of the Open Inference Protocol to the model's answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Header, Request, Response
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from shared.bodies import parse_json
from shared.deadlines import Deadline, DeadlineDep
from shared.errors import ProblemError
from shared.workers import PoolDep, WorkerPool, unless_gone
from vision.caching import Answer
from vision.classifier import Array
from vision.inference.answers import respond
from vision.inference.protocol import InferRequest
from vision.inference.tensors import MAX_BODY_BYTES, decode_files, decode_images, split
from vision.pipeline import Pipeline
from vision.routes.answering import in_turns
from vision.routes.batches import STATUSES
from vision.routes.protocol_bodies import BINARY
from vision.served import ServedModel

HEADER_LENGTH: Final = "Inference-Header-Content-Length"


@dataclass(frozen=True)
class Asked:
    """A request for inference, with a place in the queue."""

    request: Request
    deadline: Deadline
    pool: WorkerPool
    body: bytes
    json_size: int | None


async def _ask(
    request: Request,
    deadline: DeadlineDep,
    pool: PoolDep,
    json_size: Annotated[
        Annotated[int, Field(ge=0, le=MAX_BODY_BYTES)] | SkipJsonSchema[None],
        Header(alias=HEADER_LENGTH, description="Bytes of JSON, if binary data follows it."),
    ] = None,
) -> Asked:
    return Asked(request, deadline, pool, await request.body(), json_size)


AskedDep = Annotated[Asked, Depends(_ask)]


async def answer(asked: Asked, served: ServedModel) -> Response:
    """Return the model's answer.

    Raises TensorError, RequestValidationError, ProblemError where an image cannot be decoded, DeadlineExceededError and
    ClientDisconnect.
    """
    with served.in_use() as model:
        work = _answer(asked, model)
        document, binary = await asked.deadline.keep(unless_gone(asked.request, work))
    if not binary:
        return Response(document, media_type="application/json")
    return Response(document + binary, media_type=BINARY, headers={HEADER_LENGTH: str(len(document))})


async def _answer(asked: Asked, model: ServedModel) -> tuple[bytes, bytes]:
    question, images = await asked.pool.run_later(_read, asked.body, asked.json_size, model.card.crop_size)
    pipeline: Pipeline = asked.request.state.pipeline
    answers = await _answer_all(model, pipeline, images)
    return respond(question, model.card, answers)


def _read(body: bytes, json_size: int | None, size: int) -> tuple[InferRequest, Sequence[Array | bytes]]:
    """Return the request and its images, preprocessed or as files; raises TensorError, RequestValidationError."""
    document, binary = split(body, json_size)
    question = parse_json(InferRequest, document)
    (tensor,) = question.inputs
    if tensor.name == "image":
        return question, decode_files(tensor, binary)
    return question, list(decode_images(tensor, binary, size))


async def _answer_all(model: ServedModel, pipeline: Pipeline, images: Sequence[Array | bytes]) -> list[Answer]:
    async def answer_numbered(numbered: tuple[int, Array | bytes]) -> Answer:
        number, image = numbered
        try:
            return await _answer_one(model, pipeline, image)
        except tuple(STATUSES) as error:
            raise ProblemError(STATUSES[type(error)], f"image[{number}]: {error}") from error

    return await in_turns(answer_numbered, enumerate(images))


async def _answer_one(model: ServedModel, pipeline: Pipeline, image: Array | bytes) -> Answer:
    if isinstance(image, bytes):
        return (await pipeline.answer(model, image))[0]
    return await pipeline.answer_prepared(model, image)
