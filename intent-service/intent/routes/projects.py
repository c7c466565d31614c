"""`/projects/{id}/predict`: the Humanloop prediction API, for its clients."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import SecretStr

from intent.routes.answering import DECIMALS, PROBLEMS, InstrumentsDep, VersionsDep, compute, is_light, judged
from intent.routes.keys import NO_KEY, require_key
from intent.schemas.intents import Which
from intent.schemas.projects import LabelOut, Prediction, Rows, Value
from intent.scoring import Verdict
from shared.bodies import require_json
from shared.deadlines import DeadlineDep
from shared.workers import PoolDep

ProjectId = Annotated[str, Path(max_length=100, description="Any: the service serves one project.", examples=["1"])]


def project_routes(api_key: SecretStr | None) -> APIRouter:
    """Return the route, which wants `api_key` if there is one."""
    router = APIRouter(tags=["projects"], responses={**PROBLEMS, **NO_KEY}, strict_content_type=False)

    @router.post("/projects/{id}/predict", dependencies=[Depends(require_key(api_key)), Depends(require_json)])
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


def _value(verdict: Verdict) -> Value:
    return Value(
        value=[
            LabelOut(label=str(ranked.label), confidence=round(ranked.confidence, DECIMALS))
            for ranked in verdict.ranked
        ]
    )
