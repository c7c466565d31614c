"""`/projects/{id}/predict`: the Humanloop prediction API, for its clients."""

import secrets
from collections.abc import Callable, Coroutine
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from pydantic import SecretStr
from pydantic.json_schema import SkipJsonSchema

from intent.routes.answering import DECIMALS, PROBLEMS, InstrumentsDep, VersionsDep, compute, is_light, judged
from intent.schemas.intents import Which
from intent.schemas.projects import LabelOut, Prediction, Rows, Value
from intent.scoring import Verdict
from shared.bodies import require_json
from shared.deadlines import DeadlineDep
from shared.errors import ProblemError, problem_responses
from shared.workers import PoolDep

KEY: Final = "X-API-KEY"

ProjectId = Annotated[str, Path(max_length=100, description="Any: the service serves one project.", examples=["1"])]
_NO_KEY: Final = problem_responses({401: "X-API-KEY is missing or not the one that is expected."})


def project_routes(api_key: SecretStr | None) -> APIRouter:
    """Return the route, which wants `api_key` if there is one."""
    router = APIRouter(tags=["projects"], responses={**PROBLEMS, **_NO_KEY}, strict_content_type=False)

    @router.post("/projects/{id}/predict", dependencies=[Depends(_require(api_key)), Depends(require_json)])
    async def predict(
        id: ProjectId,  # noqa: A002, ARG001 as the API that this follows names it
        request: Request,
        deadline: DeadlineDep,
        pool: PoolDep,
        versions: VersionsDep,
        instruments: InstrumentsDep,
        rows: Rows,
        which: Annotated[Which, Query()],
    ) -> list[Prediction]:
        """Name the likeliest labels of up to 20 texts, in the order they were sent."""
        served, texts = versions.get(which.version), [row.text for row in rows.data]
        if is_light(served, texts):
            verdicts = judged(instruments, served, texts, rows.n_best)
        else:
            verdicts = await compute(request, pool, deadline, judged, instruments, served, texts, rows.n_best)
        return [Prediction(predictions=[_value(verdict)]) for verdict in verdicts]

    return router


def _require(api_key: SecretStr | None) -> Callable[..., Coroutine[None, None, None]]:
    expected = api_key.get_secret_value().encode() if api_key else None

    # It awaits nothing, but what is not `async` would go to a thread and back.
    async def require_key(
        x_api_key: Annotated[
            str | SkipJsonSchema[None], Header(alias=KEY, description="Needed if the service was given a key.")
        ] = None,
    ) -> None:
        if expected is not None and not secrets.compare_digest((x_api_key or "").encode("latin-1"), expected):
            raise ProblemError(401, f"{KEY} is missing or not the one that is expected.", {"WWW-Authenticate": KEY})

    return require_key


def _value(verdict: Verdict) -> Value:
    return Value(
        value=[
            LabelOut(label=str(ranked.label), confidence=round(ranked.confidence, DECIMALS))
            for ranked in verdict.ranked
        ]
    )
