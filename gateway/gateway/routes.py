"""The gateway's own routes: the fleet's page and its health."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import aiohttp
from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.fleet import FleetHealth, fleet_health
from shared.errors import problem_response
from shared.pages import page_routes


def get_session(request: Request) -> aiohttp.ClientSession:
    """Return the pooled connections to the services."""
    session: aiohttp.ClientSession = request.state.session
    return session


def get_upstreams(request: Request) -> dict[str, str]:
    """Return each service's URL, without a slash at its end, under its name."""
    upstreams: dict[str, str] = request.state.upstreams
    return upstreams


SessionDep = Annotated[aiohttp.ClientSession, Depends(get_session)]
UpstreamsDep = Annotated[dict[str, str], Depends(get_upstreams)]


def gateway_routes(services: Sequence[str]) -> APIRouter:
    """Return the routes that the gateway answers itself."""
    router = APIRouter()
    router.include_router(page_routes(Path(__file__).parent / "page"))

    @router.get("/health", tags=["health"])
    async def health(session: SessionDep, upstreams: UpstreamsDep) -> FleetHealth:
        """Tell each service's readiness; always 200, `ready` is true when all services are."""
        return await fleet_health(session, upstreams)

    for name in services:
        router.add_api_route(f"/{name}", _to_folder, include_in_schema=False)

    return router


async def _to_folder(request: Request) -> RedirectResponse:
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{request.url.path.rpartition('/')[2]}/{query}")


def unknown_service(services: Sequence[str]) -> ASGIApp:
    """Return what answers for a path that belongs to neither the gateway nor a service."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        detail = f"Nothing is at {scope['path']}; the services are {', '.join(sorted(services))}."
        await problem_response(scope, 404, detail)(scope, receive, send)

    return answer
