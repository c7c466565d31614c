"""`/models`: the versions that are served, and which of them is the default."""

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Path
from starlette.convertors import StringConvertor, register_url_convertor

from intent.routes.answering import VersionsDep
from intent.schemas.models import Models, Version, VersionDetail
from intent.served import Served
from intent.versions import Versions
from shared.errors import problem_responses


class VersionConvertor(StringConvertor):
    """Leaves `load` and `rollback`, which are something else, to their own routes."""

    regex = "(?!(?:load|rollback)(?:/|$))[^/]+"


register_url_convertor("version", VersionConvertor())
router = APIRouter(tags=["models"])

Name = Annotated[str, Path(max_length=100, description="A version.", examples=["3f1c9a0b7d52"])]
UNKNOWN = problem_responses({404: "There is no version '3f1c9a0b7d53'; there is 3f1c9a0b7d52."})
NONE_EARLIER = problem_responses({409: "No version that is still there was the default before this one."})
UNAVAILABLE = problem_responses({503: "There is no model in /models: train one with `python -m intent.training run`."})


@router.get("/models")
async def list_models(versions: VersionsDep) -> Models:
    """List all versions, the newest first, and the folders that cannot be served."""
    return await to_thread.run_sync(Models.of, versions.standing)


@router.post("/models/load")
async def load_models(versions: VersionsDep) -> Models:
    """Look for new and for removed versions, and for a choice that another process made."""
    await to_thread.run_sync(versions.load)
    return await to_thread.run_sync(Models.of, versions.standing)


@router.post("/models/rollback", responses={**NONE_EARLIER, **UNAVAILABLE})
async def roll_back(versions: VersionsDep) -> Version:
    """Make the version the default again that was before; what has begun is finished with the one it began with."""
    return await _described(versions, await to_thread.run_sync(versions.roll_back))


@router.get("/models/{version:version}", responses={**UNKNOWN, **UNAVAILABLE})
async def get_model(version: Name, versions: VersionsDep) -> VersionDetail:
    """Describe a version, with its labels."""
    found = versions.get(version)
    return await to_thread.run_sync(VersionDetail.of, found, versions.standing.default)


@router.post("/models/{version:version}/promote", responses={**UNKNOWN, **UNAVAILABLE})
async def promote_model(version: Name, versions: VersionsDep) -> Version:
    """Make a version the default; what has begun is finished with the one it began with."""
    return await _described(versions, await to_thread.run_sync(versions.promote, version))


async def _described(versions: Versions, served: Served) -> Version:
    return await to_thread.run_sync(Version.of, served, versions.standing.default)
