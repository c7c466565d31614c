"""`/v2`: the Open Inference Protocol, for clients of KServe and Triton."""

from importlib.metadata import version as version_of
from typing import Annotated, Any, Final

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Request, Response

from shared.errors import ProblemError, problem_responses
from vision.inference.answers import describe
from vision.inference.protocol import (
    EXTENSIONS,
    InferRequest,
    InferResponse,
    ModelMetadata,
    ModelReady,
    ServerLive,
    ServerMetadata,
    ServerReady,
)
from vision.models.card import ModelUnavailableError, UnknownModelError
from vision.registry import Registry
from vision.routes.answering import PROBLEMS
from vision.routes.inferring import AskedDep, answer
from vision.routes.models import Name, RegistryDep
from vision.routes.protocol_bodies import BINARY, documented, require_inference
from vision.served import ServedModel

router = APIRouter(prefix="/v2", tags=["open inference protocol"])

Version = Annotated[str, Path(max_length=100, description="The model's version.", examples=["b20d0f2a5534"])]
NOT_READY = problem_responses({503: "resnet18 is not loaded; load it by POST models/resnet18/load."})
UNKNOWN = problem_responses({404: "There is no model 'resnet19'; there is mobilenet_v2, resnet18"})
MODEL: Final[dict[int | str, dict[str, Any]]] = {**UNKNOWN, **NOT_READY}
INFER: Final[dict[str, Any]] = {
    "response_model": InferResponse,
    "responses": {
        **PROBLEMS,
        200: {
            "description": "The model's answer; with binary data after the JSON if the request asks for it.",
            "content": {BINARY: {"schema": {"type": "string", "format": "binary"}}},
        },
    },
    "openapi_extra": documented(InferRequest, BINARY),
    "dependencies": [Depends(require_inference)],
}


@router.get("")
async def server_metadata() -> ServerMetadata:
    """Tell what the server is and which of Triton's extensions it knows."""
    return ServerMetadata(name="flotilla-vision", version=version_of("flotilla-vision"), extensions=list(EXTENSIONS))


@router.get("/health/live")
async def server_live() -> ServerLive:
    """Tell that the process runs."""
    return ServerLive(live=True)


@router.get("/health/ready", responses=NOT_READY)
async def server_ready(request: Request, registry: RegistryDep) -> ServerReady:
    """Tell whether all models that are wanted are loaded."""
    if getattr(request.app.state, "stopping", False):
        raise ProblemError(503, "The service is stopping.")
    registry.check()
    return ServerReady(live=True, ready=True)


@router.get("/models/{name}/ready", responses=MODEL)
async def model_ready(registry: RegistryDep, name: Name) -> ModelReady:
    """Tell whether the model is loaded."""
    return ModelReady(name=(await _serving(registry, name)).card.name, ready=True)


@router.get("/models/{name}/versions/{version}/ready", responses=MODEL)
async def version_ready(registry: RegistryDep, name: Name, version: Version) -> ModelReady:
    """Tell whether the version of the model is in service."""
    return ModelReady(name=(await _serving(registry, name, version)).card.name, ready=True)


@router.get("/models/{name}", responses=MODEL, response_model_exclude_none=True)
async def model_metadata(registry: RegistryDep, name: Name) -> ModelMetadata:
    """Describe the inputs, of which a request has one, and the outputs."""
    return describe((await _serving(registry, name)).card)


@router.get("/models/{name}/versions/{version}", responses=MODEL, response_model_exclude_none=True)
async def version_metadata(registry: RegistryDep, name: Name, version: Version) -> ModelMetadata:
    """Describe the inputs and the outputs of the version in service."""
    return describe((await _serving(registry, name, version)).card)


@router.post("/models/{name}/infer", **INFER)
async def infer(asked: AskedDep, registry: RegistryDep, name: Name) -> Response:
    """Answer preprocessed images in the tensor `images`, or image files in the tensor `image`.

    Each image waits and is computed as if it came alone; one that cannot be answered fails the request.
    """
    return await answer(asked, await _serving(registry, name))


@router.post("/models/{name}/versions/{version}/infer", **INFER)
async def infer_by_version(asked: AskedDep, registry: RegistryDep, name: Name, version: Version) -> Response:
    """Answer as `infer` does, if the version is in service."""
    return await answer(asked, await _serving(registry, name, version))


async def _serving(registry: Registry, name: str, version: str | None = None) -> ServedModel:
    """Return the model in service; raises UnknownModelError, and ModelUnavailableError where another one is."""
    served = registry.served.get(name)
    if version is None or (served and served.card.version == version):
        return registry.get(name)
    cards = await to_thread.run_sync(registry.repository.cards, name)
    if not cards:
        return registry.get(name)
    known = [card.version for card in cards]
    if version not in known:
        raise UnknownModelError(f"There is no version {version!r} of {name}; there is {', '.join(known)}")
    raise ModelUnavailableError(
        f"Version {version} of {name} is not in service; load it by POST /v2/repository/models/{name}/load "
        f'with {{"parameters": {{"version": "{version}"}}}}.'
    )
