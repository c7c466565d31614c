"""`/intent`: what is wanted by one text or by many."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from intent.explaining import explain
from intent.instruments import Instruments
from intent.routes.answering import DECIMALS, PROBLEMS, InstrumentsDep, VersionsDep, compute, is_light, judged, parsed
from intent.schemas.intents import (
    Explained,
    Intent,
    NeighbourOut,
    Question,
    Questions,
    RankedIntent,
    Result,
    Results,
    Which,
    WordOut,
)
from intent.scoring import Verdict
from intent.served import Served
from shared.bodies import json_body, require_json
from shared.deadlines import DeadlineDep
from shared.workers import PoolDep

NEIGHBOURS: Final = 5
"""Training examples that an explanation shows."""

router = APIRouter(tags=["intents"], responses=PROBLEMS, strict_content_type=False)


@router.get("/intent")
async def get_intent(
    request: Request,
    deadline: DeadlineDep,
    pool: PoolDep,
    versions: VersionsDep,
    instruments: InstrumentsDep,
    question: Annotated[Question, Query()],
) -> Intent:
    """Name the likeliest intent of the text in the query string."""
    served, texts = versions.get(question.version), [question.query]
    if is_light(served, texts):
        return _first(judged(instruments, served, texts, 1))
    return _first(await compute(request, pool, deadline, judged, instruments, served, texts, 1))


@router.post(
    "/intent", response_model=Results, dependencies=[Depends(require_json)], openapi_extra=json_body(Questions)
)
async def post_intent(
    request: Request,
    deadline: DeadlineDep,
    pool: PoolDep,
    versions: VersionsDep,
    instruments: InstrumentsDep,
    which: Annotated[Which, Query()],
) -> Response:
    """Rank the intents of one text or of up to 1,000, and tell whether a text has none of them.

    With `explain` also tell which words the answer rests on (each is left out in turn) and which training examples are
    most like the text.
    """
    asked = await parsed(request, pool, deadline, Questions)
    served = versions.get(which.version)
    if is_light(served, asked.all_texts) and not asked.explain:
        content = _results(instruments, served, asked)
    else:
        content = await compute(request, pool, deadline, _results, instruments, served, asked)
    return Response(content, media_type="application/json")


def _first(verdicts: list[Verdict]) -> Intent:
    first = verdicts[0].ranked[0]
    return Intent(intent=first.label, probability=f"{first.confidence:.{DECIMALS}f}")


def _results(instruments: Instruments, served: Served, asked: Questions) -> str:
    verdicts = judged(instruments, served, asked.all_texts, asked.n_best)
    results = [_result(verdict) for verdict in verdicts]
    if asked.explain:
        results = [_explained(served, asked.all_texts[0], results[0])]
    # Built of values that fit: validating a thousand of them again takes as long as scoring them.
    return Results.model_construct(version=served.card.version, results=results).model_dump_json()


def _result(verdict: Verdict) -> Result:
    return Result.model_construct(
        intents=[
            RankedIntent.model_construct(label=ranked.label, confidence=round(ranked.confidence, DECIMALS))
            for ranked in verdict.ranked
        ],
        out_of_scope=verdict.out_of_scope,
        scope_score=round(verdict.scope_score, DECIMALS),
    )


def _explained(served: Served, text: str, result: Result) -> Explained:
    words = explain(served.classifier, text)
    neighbours = served.neighbourhood.nearest(text, NEIGHBOURS)
    return Explained.model_construct(
        **dict(result),
        words=[WordOut(text=word.text, weight=round(word.weight, DECIMALS)) for word in words],
        neighbours=[
            NeighbourOut(text=near.text, label=near.label, similarity=round(near.similarity, DECIMALS))
            for near in neighbours
        ],
    )
