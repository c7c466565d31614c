"""`/v2/repository`: Triton's model repository extension."""

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends

from shared.errors import problem_responses
from vision.inference.protocol import IndexEntry, IndexRequest, LoadRequest, UnloadRequest
from vision.registry import Registry
from vision.routes.inference import UNKNOWN
from vision.routes.models import DAMAGED, Name, RegistryDep
from vision.routes.protocol_bodies import documented, optional

router = APIRouter(
    prefix="/v2/repository",
    tags=["open inference protocol"],
    responses=problem_responses({422: "body.parameters.config: Extra inputs are not permitted"}),
)

IN_USE = problem_responses({409: "resnet18 answers where no model is named; it cannot be unloaded."})


@router.post("/index", openapi_extra=documented(IndexRequest, required=False))
async def index(
    wanted: Annotated[IndexRequest, Depends(optional(IndexRequest))], registry: RegistryDep
) -> list[IndexEntry]:
    """List every version of every model that is prepared."""
    entries = await to_thread.run_sync(_index, registry)
    return [entry for entry in entries if entry.state == "READY" or not wanted.ready]


@router.post(
    "/models/{name}/load", responses={**UNKNOWN, **DAMAGED}, openapi_extra=documented(LoadRequest, required=False)
)
async def load(
    wanted: Annotated[LoadRequest, Depends(optional(LoadRequest))], registry: RegistryDep, name: Name
) -> None:
    """Load the model, by default in the version that was last in service."""
    await registry.load(name, wanted.parameters.version)


@router.post(
    "/models/{name}/unload",
    responses={**UNKNOWN, **IN_USE},
    openapi_extra=documented(UnloadRequest, required=False),
    dependencies=[Depends(optional(UnloadRequest))],
)
async def unload(registry: RegistryDep, name: Name) -> None:
    """Take the model out of service; what has begun is finished."""
    await registry.unload(name)


def _index(registry: Registry) -> list[IndexEntry]:
    repository = registry.repository
    return [_entry(name, card.version, registry) for name in repository.names() for card in repository.cards(name)]


def _entry(name: str, version: str, registry: Registry) -> IndexEntry:
    served = registry.served.get(name)
    if served and served.card.version == version:
        return IndexEntry(name=name, version=version, state="READY", reason="")
    return IndexEntry(name=name, version=version, state="UNAVAILABLE", reason="not loaded")
