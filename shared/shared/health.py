"""`/livez` says that the process runs, `/readyz` that it can do its work."""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from shared.errors import problem_response, problem_responses

PROBES = frozenset({"/livez", "/readyz", "/metrics"})
"""Asked every few seconds by machines: neither logged nor traced."""


class Check(BaseModel):
    """What one part of the service says of itself."""

    ready: bool
    detail: str = Field(description="What is in use, or why it is not ready.")


class Liveness(BaseModel):
    """The process answers."""

    status: str = Field("alive", examples=["alive"])


class Readiness(BaseModel):
    """The service can do its work."""

    status: str = Field("ready", examples=["ready"])
    service: str
    version: str
    checks: dict[str, Check]


ReadinessCheck = Callable[[Request], Awaitable[Check]]
"""A part's check; it gets the request for the service's state."""


def health_routes(service: str, version: str, checks: Mapping[str, ReadinessCheck]) -> APIRouter:
    """Return the two routes; the service is ready when no check says otherwise and it is not stopping."""
    router = APIRouter(tags=["health"])

    @router.get("/livez")
    async def livez() -> Liveness:
        """Tell that the process runs."""
        return Liveness(status="alive")

    @router.get(
        "/readyz",
        response_model=Readiness,
        responses=problem_responses({503: "model: no file at /models/model.onnx"}),
    )
    async def readyz(request: Request) -> Readiness | Response:
        """Tell whether the service can do its work, and if not why not."""
        if getattr(request.app.state, "stopping", False):
            return problem_response(request.scope, 503, "The service is stopping.")
        results = {name: await check(request) for name, check in checks.items()}
        failing = [f"{name}: {result.detail}" for name, result in results.items() if not result.ready]
        if failing:
            return problem_response(request.scope, 503, "; ".join(failing))
        return Readiness(status="ready", service=service, version=version, checks=results)

    return router
