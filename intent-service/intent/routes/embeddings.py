"""`/embeddings`: what a model's sentence encoder makes of texts."""

from base64 import b64encode
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from intent.routes.answering import PROBLEMS, VersionsDep, compute, parsed
from intent.schemas.embeddings import Embeddings, Texts
from intent.schemas.intents import Which
from intent.served import Served
from shared.bodies import json_body, require_json
from shared.deadlines import DeadlineDep
from shared.errors import problem_responses
from shared.workers import PoolDep

_NO_ENCODER: Final = problem_responses(
    {409: "Version 3f1c9a0b7d52 has no sentence encoder: name one that was trained with --encoder."}
)
router = APIRouter(tags=["embeddings"], responses={**PROBLEMS, **_NO_ENCODER}, strict_content_type=False)


@router.post(
    "/embeddings", response_model=Embeddings, dependencies=[Depends(require_json)], openapi_extra=json_body(Texts)
)
async def post_embeddings(
    request: Request,
    deadline: DeadlineDep,
    pool: PoolDep,
    versions: VersionsDep,
    which: Annotated[Which, Query()],
) -> Response:
    """Turn up to 256 texts into vectors of length 1, by the sentence encoder of a model that has one."""
    asked = await parsed(request, pool, deadline, Texts)
    content = await compute(request, pool, deadline, _embedded, versions.get(which.version), asked)
    return Response(content, media_type="application/json")


def _embedded(served: Served, asked: Texts) -> str:
    vectors, encoder = served.classifier.embed(asked.texts), served.card.encoder
    assert encoder is not None
    as_text = asked.encoding_format == "base64"
    # Built of values that fit: validating a hundred thousand numbers again takes as long as the network.
    return Embeddings.model_construct(
        version=served.card.version,
        encoder=encoder,
        dimensions=vectors.shape[1],
        vectors=b64encode(vectors.astype("<f4").tobytes()).decode() if as_text else vectors.tolist(),
    ).model_dump_json()
