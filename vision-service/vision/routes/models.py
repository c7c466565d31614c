"""`/models`: what can be loaded, what is in service, and candidates in the shadow."""

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Request

from shared.bodies import require_json
from shared.errors import ProblemError, problem_responses
from vision.registry import Registry
from vision.schemas.models import ModelDetail, ModelOut, Models, NewShadow, ShadowReport, Wanted, model_out
from vision.shadowing import Shadow

router = APIRouter(
    tags=["models"], responses=problem_responses({404: "There is no model 'resnet19'; there is mobilenet_v2, resnet18"})
)

JSON = [Depends(require_json)]
DAMAGED = problem_responses({503: "model.onnx is damaged: its sha256 is not the card's."})
Name = Annotated[str, Path(max_length=100, description="The model's name.", examples=["resnet18"])]


def get_registry(request: Request) -> Registry:
    """Return the models in service."""
    registry: Registry = request.state.registry
    return registry


RegistryDep = Annotated[Registry, Depends(get_registry)]


@router.get("/models")
async def list_models(registry: RegistryDep) -> Models:
    """List all models that are prepared, loaded or not, with their versions and how they are run."""
    names = await to_thread.run_sync(registry.repository.names)
    return Models(models=[await _describe(registry, name) for name in names])


@router.get("/models/{name}")
async def get_model(name: Name, registry: RegistryDep) -> ModelDetail:
    """Describe a model, with its labels."""
    found = await _describe(registry, name)
    cards = await to_thread.run_sync(registry.repository.cards, name)
    labels = next((card.labels for card in cards if card.version == found.version), cards[-1].labels)
    return ModelDetail(**found.model_dump(), labels=labels)


@router.post("/models/{name}/load", dependencies=JSON, responses=DAMAGED)
async def load_model(name: Name, wanted: Wanted, registry: RegistryDep) -> ModelOut:
    """Load a version of a model, warm it up and put it into service in place of another one; no request fails."""
    await registry.load(name, wanted.version)
    return await _describe(registry, name)


@router.post(
    "/models/{name}/rollback",
    responses={**DAMAGED, **problem_responses({409: "No version of resnet18 was in service before this one."})},
)
async def roll_back_model(name: Name, registry: RegistryDep) -> ModelOut:
    """Put the version into service again that was before."""
    await registry.roll_back(name)
    return await _describe(registry, name)


@router.post(
    "/models/{name}/unload",
    responses=problem_responses({409: "resnet18 answers where no model is named; it cannot be unloaded."}),
)
async def unload_model(name: Name, registry: RegistryDep) -> ModelOut:
    """Take a model out of service; what has begun is finished."""
    await registry.unload(name)
    return await _describe(registry, name)


@router.put(
    "/models/{name}/shadow",
    dependencies=JSON,
    responses={**DAMAGED, **problem_responses({409: "mobilenet_v2 and resnet18 do not have the same labels."})},
)
async def start_shadow(name: Name, new: NewShadow, registry: RegistryDep) -> ShadowReport:
    """Show a share of the real traffic to a candidate, which never answers; it uses one core at most."""
    return ShadowReport.of(await registry.start_shadow(name, new.model or name, new.version, new.share))


@router.get("/models/{name}/shadow", responses=DAMAGED)
async def get_shadow(name: Name, registry: RegistryDep) -> ShadowReport:
    """Tell how far the candidate agrees with the model in service."""
    return ShadowReport.of(_shadow(registry, name))


@router.delete("/models/{name}/shadow", status_code=204, responses=DAMAGED)
async def stop_shadow(name: Name, registry: RegistryDep) -> None:
    """Let the candidate see no more."""
    _shadow(registry, name)
    await registry.stop_shadow(name)


def _shadow(registry: Registry, name: str) -> Shadow:
    shadow = registry.get(name).shadow
    if shadow is None:
        raise ProblemError(404, f"{name} has no candidate in its shadow.")
    return shadow


async def _describe(registry: Registry, name: str) -> ModelOut:
    cards = await to_thread.run_sync(registry.repository.cards, name)
    if not cards:
        registry.repository.serving(name)  # which says what there is instead
    return model_out(name, cards, registry.served.get(name), default=registry.is_default(name))
