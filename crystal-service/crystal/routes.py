"""The routes: one per model, `/astromech` to choose one, and `/models`."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import RedirectResponse

from crystal.models import MODELS
from crystal.prediction import ModelUnavailableError, OutOfRange, Prediction, Predictor, Unavailable
from crystal.schemas import (
    AstromechRequest,
    CrystalRequest,
    OutOfRangeWarning,
    PredictionAnswer,
    ServedModel,
    ServedModels,
)
from shared.bodies import json_body, parse_json, require_json
from shared.errors import problem_responses
from shared.health import Check
from shared.workers import PoolDep

Predictors = dict[str, Predictor | Unavailable]


def get_predictors(request: Request) -> Predictors:
    """Return every model that was to be loaded."""
    predictors: Predictors = request.state.predictors
    return predictors


PredictorsDep = Annotated[Predictors, Depends(get_predictors)]

_ERRORS = problem_responses(
    {
        408: "The body did not arrive within 120 seconds.",
        413: "The body is larger than 33,554,432 bytes.",
        415: "The body must be application/json, not text/csv.",
        422: "body.crystalData[1][2]: row 1, column 2: Input should be a finite number",
        500: "The sklearn model failed on this data.",
        503: "All 66 places are taken; try again in a moment.",
    }
)
_WARNINGS = {
    "Crystal-Warnings": {
        "description": "A JSON list: each feature that lies far outside the range seen in training.",
        "schema": {"type": "string"},
        "example": '[{"feature": "sepal length (cm)", "minimum": 4.3, "maximum": 7.9, "rows": 2, '
        '"first_row": 0, "value": 0.92}]',
    }
}


def crystal_routes() -> APIRouter:
    """Return the routes of the service."""
    router = APIRouter(tags=["crystals"], dependencies=[Depends(require_json)], strict_content_type=False)
    responses = {**_ERRORS, 200: {"headers": _WARNINGS}}
    for name in MODELS:
        _add_model_route(router, name, responses)

    @router.post(
        "/astromech",
        response_model=PredictionAnswer,
        responses={**responses, **problem_responses({400: "model must be one of sklearn, pytorch."})},
        openapi_extra=json_body(AstromechRequest),
    )
    async def astromech(request: Request, predictors: PredictorsDep, pool: PoolDep) -> Response:
        """Score crystals with the model that the body names."""
        return await pool.run(request, _score_with_named, predictors, await request.body())

    @router.get("/", include_in_schema=False)
    async def root() -> RedirectResponse:
        return RedirectResponse("docs")

    @router.get("/models")
    async def models(predictors: PredictorsDep) -> ServedModels:
        """Tell what is served: kind, version, labels, features and the ranges seen in training."""
        return ServedModels(models=[_describe_model(predictor) for predictor in predictors.values()])

    return router


def _add_model_route(router: APIRouter, name: str, responses: dict[int | str, dict[str, Any]]) -> None:
    async def score(request: Request, predictors: PredictorsDep, pool: PoolDep) -> Response:
        return await pool.run(request, _score, predictors[name], await request.body())

    score.__doc__ = f"Score crystals with the {MODELS[name].kind} model."
    options: dict[str, Any] = {"responses": responses, "openapi_extra": json_body(CrystalRequest)}
    router.add_api_route(f"/{name}", score, methods=["POST"], name=name, response_model=PredictionAnswer, **options)


# From the body's bytes to the answer's in one worker thread: a large batch takes as long to read and to write
# as to score, and the event loop must not wait for either.


def _score(predictor: Predictor | Unavailable, body: bytes) -> Response:
    return _answer(predictor, parse_json(CrystalRequest, body))


def _score_with_named(predictors: Predictors, body: bytes) -> Response:
    batch = parse_json(AstromechRequest, body)
    return _answer(predictors[batch.model], batch)


def _answer(predictor: Predictor | Unavailable, batch: CrystalRequest) -> Response:
    if isinstance(predictor, Unavailable):
        raise ModelUnavailableError(f"The {predictor.name} model is not loaded: {predictor.reason}.")
    prediction = predictor.predict(batch.rows)
    answer = PredictionAnswer.model_construct(prediction=prediction.labels, scores=prediction.scores)
    return Response(answer.model_dump_json(), media_type="application/json", headers=_warnings(prediction))


def _warnings(prediction: Prediction) -> dict[str, str]:
    if not prediction.out_of_range:
        return {}
    return {"Crystal-Warnings": json.dumps([_describe_out_of_range(odd) for odd in prediction.out_of_range])}


def _describe_out_of_range(odd: OutOfRange) -> dict[str, Any]:
    return OutOfRangeWarning(
        feature=odd.feature.name,
        minimum=odd.feature.minimum,
        maximum=odd.feature.maximum,
        rows=odd.rows,
        first_row=odd.first_row,
        value=odd.value,
    ).model_dump()


def _describe_model(predictor: Predictor | Unavailable) -> ServedModel:
    if isinstance(predictor, Unavailable):
        return ServedModel(name=predictor.name, ready=False, reason=predictor.reason)
    card = predictor.card
    return ServedModel(
        name=predictor.name,
        ready=True,
        kind=predictor.model.kind,
        version=predictor.version,
        labels=list(predictor.labels),
        features=card.features if card else [],
        trained_on=card.trained_on if card else None,
        metrics=card.metrics if card else {},
    )


async def check_model(request: Request, name: str) -> Check:
    """Tell whether the model `name` is loaded, and which."""
    predictor = get_predictors(request)[name]
    if isinstance(predictor, Unavailable):
        return Check(ready=False, detail=predictor.reason)
    return Check(ready=True, detail=f"{predictor.model.kind} {predictor.version}")
