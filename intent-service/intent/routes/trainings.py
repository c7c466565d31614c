"""`/trainings`: models that clients have trained, one after another."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from pydantic.json_schema import SkipJsonSchema

from intent.retraining.queue import Trainings
from intent.retraining.refusals import QueueFullError
from intent.retraining.trainings import EncoderName, Wanted
from intent.routes.keys import NO_KEY, require_key
from intent.schemas.trainings import TrainingOut
from intent.settings import Settings
from shared.errors import OverloadedError, ProblemError, problem_responses
from shared.pagination import Page, PageDep

RETRY_AFTER_SECONDS: Final = 30
MAX_SEED: Final = 2**31 - 1
MEDIA_TYPES: Final = ("application/x-ndjson", "application/jsonl")
OFF: Final = "Nobody may train models over HTTP here: set INTENT_TRAININGS=true if clients are to be trusted with it."

_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "One row a line: `text`, `label` (null where the text is out of scope) and, if it is known, "
        "`split` (`training`, `validation`, `testing`). Without one it is split by label, 70 : 15 : 15.",
        "content": {
            "application/x-ndjson": {
                "schema": {"type": "string"},
                "example": '{"text": "where is it", "label": "track_order", "split": "training"}\n'
                '{"text": "cancel it", "label": "cancel_order", "split": "training"}\n',
            }
        },
    }
}
_ALL: Final = problem_responses(
    {403: OFF, 503: "Another process trains into /models: ask that one, or wait until it has ended."}
)
_SUBMITTING: Final = problem_responses(
    {
        415: "The body must be application/x-ndjson, not text/plain.",
        422: "This Idempotency-Key belongs to a training on other rows or with other parameters.",
        501: "Here nothing can be trained without sklearn: install flotilla-intent[training].",
        503: "One training may run and 4 may wait; try again when one has ended.",
    }
)
_UNKNOWN: Final = problem_responses({404: "There is no training 019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1."})
_ENDED: Final = problem_responses({409: "The training has ended already; it is succeeded."})

Id = Annotated[UUID, Path(description="A training.")]
Encoder = Annotated[
    EncoderName | SkipJsonSchema[None],
    Query(description="A sentence encoder beside n-grams, as it comes or trained too, which takes minutes to hours."),
]
Seed = Annotated[int, Query(ge=0, le=MAX_SEED, description="Of the split, where the rows have none, and of the fit.")]
Key = Annotated[
    str | SkipJsonSchema[None],
    Header(min_length=1, max_length=255, pattern=r"^[!-~]+$", description="The same again trains nothing twice."),
]


def training_routes(settings: Settings) -> APIRouter:
    """Return the routes, which want the key if there is one, and refuse all where trainings are off."""
    needed = [Depends(_require_on(settings.takes_trainings)), Depends(require_key(settings.api_key))]
    router = APIRouter(tags=["trainings"], responses={**NO_KEY, **_ALL}, dependencies=needed)
    router.post(
        "/trainings",
        status_code=202,
        openapi_extra=_BODY,
        responses={200: {"description": "The training that has this key already", "model": TrainingOut}, **_SUBMITTING},
    )(create_training)
    router.get("/trainings")(list_trainings)
    router.get("/trainings/{id}", responses=_UNKNOWN)(get_training)
    router.post("/trainings/{id}/cancel", responses={**_UNKNOWN, **_ENDED})(cancel_training)
    return router


def get_trainings(request: Request) -> Trainings:
    """Return the trainings of this service."""
    trainings: Trainings = request.state.trainings
    return trainings


TrainingsDep = Annotated[Trainings, Depends(get_trainings)]


async def create_training(
    request: Request,
    response: Response,
    trainings: TrainingsDep,
    encoder: Encoder = None,
    seed: Seed = 0,
    idempotency_key: Key = None,
) -> TrainingOut:
    """Train a model on the rows in the body, behind those that wait: a new version, which is served, not promoted."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        raise ProblemError(415, f"The body must be {MEDIA_TYPES[0]}, not {media_type or 'of no type'}.")
    wanted = Wanted(seed=seed, encoder=encoder)
    try:
        training, is_new = await trainings.submit(wanted, request.stream(), idempotency_key)
    except QueueFullError as error:
        raise OverloadedError(str(error), RETRY_AFTER_SECONDS) from error
    response.status_code = 202 if is_new else 200
    response.headers["Location"] = f"trainings/{training.id}"
    return TrainingOut.of(training)


async def list_trainings(trainings: TrainingsDep, page: PageDep) -> Page[TrainingOut]:
    """List the trainings, the newest first; of those that have ended the last 200."""
    after = page.after(UUID)
    found = [training for training in await trainings.listed() if after is None or training.id < after]
    return page.page([TrainingOut.of(training) for training in found[: page.limit + 1]], _id)


async def get_training(id: Id, trainings: TrainingsDep) -> TrainingOut:  # noqa: A002 as the path names it
    """Tell how far a training is."""
    return TrainingOut.of(await trainings.get(id))


async def cancel_training(id: Id, trainings: TrainingsDep) -> TrainingOut:  # noqa: A002 as the path names it
    """End a training that waits or runs; the answer comes when it has ended."""
    return TrainingOut.of(await trainings.cancel(id))


def _id(training: TrainingOut) -> UUID:
    return training.id


def _require_on(is_on: bool) -> Callable[..., Coroutine[None, None, None]]:
    async def required() -> None:
        if not is_on:
            raise ProblemError(403, OFF)

    return required
