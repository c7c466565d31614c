"""`/predictions/batch`: several photos in one request."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request

from shared.deadlines import DeadlineDep
from shared.images.refusals import BrokenImageError, NotAnImageError, TooManyPixelsError
from shared.workers import PoolDep, unless_gone
from vision.pipeline import Pipeline
from vision.registry import Registry
from vision.routes.answering import PROBLEMS, in_turns
from vision.routes.uploads import BATCH_BODY, SentImage, UploadedImages
from vision.schemas.predictions import BatchPredictions, BatchResult, Choice, ImageProblem, Model, predictions
from vision.served import ServedModel

router = APIRouter(tags=["predictions"], responses=PROBLEMS)

STATUSES: Final = {NotAnImageError: 415, BrokenImageError: 422, TooManyPixelsError: 413}
"""What an image is answered that cannot be predicted."""


@router.post("/predictions/batch", openapi_extra={"requestBody": BATCH_BODY})
async def predict_batch(
    request: Request,
    deadline: DeadlineDep,
    _pool: PoolDep,
    images: UploadedImages,
    choice: Annotated[Choice, Query()],
) -> BatchPredictions:
    """Name the likeliest categories of each of several photos, sent as the fields `files` of a form.

    Each has a result of its own: an image that cannot be predicted has a `problem` and does the others no harm.
    """
    registry: Registry = request.state.registry
    with registry.get(choice.model).in_use() as model:
        work = _answer_all(request.state.pipeline, model, images, choice)
        results = await deadline.keep(unless_gone(request, work))
        return BatchPredictions(model=Model.of(model.card), results=results)


async def _answer_all(
    pipeline: Pipeline, model: ServedModel, images: Sequence[SentImage], choice: Choice
) -> list[BatchResult]:
    async def result_of(image: SentImage) -> BatchResult:
        try:
            answer, _ = await pipeline.answer(model, image.data)
        except tuple(STATUSES) as error:
            problem = ImageProblem(status=STATUSES[type(error)], detail=str(error))
            return BatchResult(name=image.name, problem=problem)
        return BatchResult(name=image.name, predictions=predictions(model.card, answer, choice))

    return await in_turns(result_of, images)
