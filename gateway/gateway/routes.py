"""The gateway's own routes: the fleet's page, its health and its document."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from starlette.responses import RedirectResponse
from starlette.types import Receive, Scope, Send

from gateway.balancing.services import Service
from gateway.fleet import FleetHealth, fleet_health
from gateway.running import Running
from shared.errors import problem_response
from shared.pages import page_routes


def get_running(request: Request) -> Running:
    """Return what the gateway runs with."""
    running: Running = request.state.running
    return running


RunningDep = Annotated[Running, Depends(get_running)]

router = APIRouter()
router.include_router(page_routes(Path(__file__).parent / "page"))


@router.get("/health", tags=["health"])
async def health(running: RunningDep) -> FleetHealth:
    """Tell each service's readiness; always 200, `ready` is true when all services are."""
    return await fleet_health(running.session, running.upstreams, running.problems())


@router.get("/openapi.json", include_in_schema=False)
async def document(running: RunningDep, if_none_match: Annotated[str, Header()] = "") -> Response:
    """Return one document of the whole fleet."""
    places = {name: _place(upstream.service) for name, upstream in running.upstreams.items()}
    running.document.move(places)
    rendered = await running.document.read()
    headers = {"ETag": rendered.etag, "Cache-Control": "no-cache"}
    if rendered.is_known(if_none_match):
        return Response(status_code=304, headers=headers)
    return Response(rendered.body, headers=headers, media_type="application/json")


def _place(service: Service) -> str:
    """Return the URL of an instance that gets requests, of one that is not out where there is one."""
    weighted = [instance for instance in service.instances if instance.weight]
    return next((instance for instance in weighted if instance.out_since is None), weighted[0]).url


async def elsewhere(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer for a path that belongs to neither the gateway nor a service; one's bare name leads to its folder."""
    services = scope["state"]["running"].upstreams
    name = scope["path"][1:]
    if name in services:
        query = f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
        response: Response = RedirectResponse(f"{name}/{query}")
    else:
        detail = f"Nothing is at {scope['path']}; the services are {', '.join(sorted(services))}."
        response = problem_response(scope, 404, detail)
    await response(scope, receive, send)
