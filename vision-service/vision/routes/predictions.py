"""`/predictions` and `/embeddings`."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from shared.deadlines import DeadlineDep
from shared.workers import PoolDep
from vision.predictions import normalised
from vision.routes.answering import PROBLEMS, answer
from vision.routes.uploads import REQUEST_BODY, UploadedImage
from vision.schemas.predictions import Choice, Embedding, Model, Predictions, Which, predictions

router = APIRouter(tags=["predictions"], responses=PROBLEMS)

BODY = {"requestBody": REQUEST_BODY}


@router.post("/predictions", openapi_extra=BODY)
async def predict(
    request: Request,
    response: Response,
    deadline: DeadlineDep,
    _pool: PoolDep,
    image: UploadedImage,
    choice: Annotated[Choice, Query()],
) -> Predictions:
    """Name the at most five likeliest categories of a photo.

    The photo is the field `file` of a form, or the whole body with an image's content type. What is not an image
    is answered 415, a damaged one 422, one with too many bytes or pixels 413. `Server-Timing` says where time went.
    """
    card, found, timings = await answer(request, choice.model, image, deadline)
    response.headers["Server-Timing"] = timings.header()
    return Predictions(model=Model.of(card), predictions=predictions(card, found, choice))


@router.post("/embeddings", openapi_extra=BODY)
async def embed(
    request: Request,
    response: Response,
    deadline: DeadlineDep,
    _pool: PoolDep,
    image: UploadedImage,
    which: Annotated[Which, Query()],
) -> Embedding:
    """Turn a photo into a vector of length 1, the output of the model's penultimate layer.

    The inner product of two is the cosine of their angle: near 1 for photos that the model finds alike.
    """
    card, found, timings = await answer(request, which.model, image, deadline)
    response.headers["Server-Timing"] = timings.header()
    vector = normalised(found.features)
    return Embedding(model=Model.of(card), dimensions=len(vector), embedding=vector.tolist())
