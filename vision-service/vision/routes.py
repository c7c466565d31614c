"""`POST /predictions`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from shared.errors import problem_responses
from shared.workers import PoolDep
from vision.models.card import ModelUnavailableError
from vision.predictions import Predictor
from vision.schemas import Choice, Model, Prediction, Predictions
from vision.uploads import REQUEST_BODY, UploadedImage


def get_predictor(request: Request) -> Predictor:
    """Return the loaded model's predictor; raises ModelUnavailableError when none is loaded."""
    predictor: Predictor | ModelUnavailableError = request.state.predictor
    if isinstance(predictor, ModelUnavailableError):
        raise predictor
    return predictor


LoadedPredictor = Annotated[Predictor, Depends(get_predictor)]

router = APIRouter(tags=["predictions"])


@router.post(
    "/predictions",
    openapi_extra={"requestBody": REQUEST_BODY},
    responses=problem_responses(
        {
            408: "The body did not arrive within 120 seconds.",
            413: "The image has 20,000 x 20,000 pixels; at most 50,000,000 are accepted.",
            415: "The file is not an image in JPEG, PNG, WebP, GIF, BMP or TIFF format.",
            422: "The JPEG image is damaged or cut off: image file is truncated (3 bytes not processed)",
            503: "All 66 places are taken; try again in a moment.",
        }
    ),
)
async def predict(
    request: Request,
    predictor: LoadedPredictor,
    pool: PoolDep,
    image: UploadedImage,
    choice: Annotated[Choice, Query()],
) -> Predictions:
    """Name the at most five likeliest categories of a photo.

    The photo is the field `file` of a form, or the whole body with an image's content type. What is not an image
    is answered 415, a damaged one 422, one with too many bytes or pixels 413.
    """
    card = predictor.classifier.card
    found = await pool.run(request, predictor.predict, image, choice.top, choice.min_confidence)
    model = Model(name=card.name, version=card.version, weights=card.weights, stands_in_for=card.stands_in_for)
    return Predictions(
        model=model,
        predictions=[Prediction(label=c.label, class_id=c.class_id, confidence=c.confidence) for c in found],
    )
