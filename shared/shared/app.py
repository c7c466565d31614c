"""The skeleton of every service: one call gives errors, health, metrics, tracing, logs and docs."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from starlette.middleware import Middleware

from shared.access import RequestContextMiddleware
from shared.admission import AdmissionMiddleware
from shared.docs import docs_routes
from shared.errors import Problem, install_problem_handlers, problem_responses
from shared.health import PROBES, ReadinessCheck, health_routes
from shared.limits import BodyLimitAnswerMiddleware, BodyTimeMiddleware
from shared.metrics import Metrics, metrics_routes
from shared.queries import require_known_parameters
from shared.settings import ServiceSettings

Lifespan = Callable[[Any], AbstractAsyncContextManager[Mapping[str, Any]]]


def create_service(
    *,
    name: str,
    version: str,
    summary: str,
    settings: ServiceSettings,
    lifespan: Lifespan,
    routers: Sequence[APIRouter | tuple[APIRouter, int]],
    metrics: Metrics | None = None,
    checks: Mapping[str, ReadinessCheck] | None = None,
    errors: Mapping[type[Exception], int] | None = None,
    documents: Sequence[tuple[str, str]] = (),
    queued: re.Pattern[str] | None = None,
    openapi_url: str | None = "/openapi.json",
) -> FastAPI:
    """Return the application of the service `name`.

    `checks` decide over `/readyz`; `errors` maps the domain's exceptions to the statuses they are answered
    with. `lifespan` yields the state that requests see. A router that comes with a number takes bodies of that many
    bytes, the others of `settings.max_body_bytes`. `documents` are for `docs_routes`.
    POSTs to paths like `queued` need a place of the state's `pool`, and are refused early when there is none.
    Without `openapi_url` the service has a route for its document by itself.
    """
    metrics = metrics or Metrics(name)
    app = FastAPI(
        title=f"Flotilla {name}",
        summary=summary,
        version=version,
        lifespan=lifespan,
        docs_url=None,
        openapi_url=openapi_url,
        redoc_url=None,
        redirect_slashes=False,  # it would redirect to the address that a proxy in front uses
        servers=[{"url": ".", "description": "where this document was read"}],
        telemetry={"meter_provider": metrics.provider, "exclude": _is_probe, "operation_spans": False},
        middleware=[
            Middleware(RequestContextMiddleware),
            Middleware(BodyLimitAnswerMiddleware),
            *([Middleware(AdmissionMiddleware, paths=queued)] if queued else []),
            Middleware(BodyTimeMiddleware, body_seconds=settings.body_seconds),
        ],
    )
    install_problem_handlers(app, errors or {})
    for entry in routers:
        router, limit = entry if isinstance(entry, tuple) else (entry, settings.max_body_bytes)
        app.include_router(router, max_body_size=limit, dependencies=[Depends(require_known_parameters)])
    app.include_router(health_routes(name, version, checks or {}))
    app.include_router(metrics_routes(metrics))
    app.include_router(docs_routes(name, documents))
    _document_problems(app)
    return app


def _is_probe(scope: Mapping[str, Any]) -> bool:
    return scope.get("path") in PROBES


def _document_problems(app: FastAPI) -> None:
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        document = generate()
        for operations in document["paths"].values():
            for operation in operations.values():
                _document_framework_errors(operation)
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(problem.pop("$defs"))
        schemas["Problem"] = problem
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _document_framework_errors(operation: dict[str, Any]) -> None:
    """Describe what is answered before the route is reached as it is, and not as the framework would answer it."""
    responses: dict[str, Any] = operation["responses"]
    if "HTTPValidationError" in str(responses.get("422")):
        responses["422"] = problem_responses({422: "query.limit: Input should be less than or equal to 1000"})[422]
    if "requestBody" in operation:
        if "application/json" in operation["requestBody"]["content"]:
            responses.setdefault("415", _NOT_JSON)
        for status, response in _OF_BODIES.items():
            responses.setdefault(str(status), response)


_NOT_JSON = problem_responses({415: "The body must be application/json, not text/plain."})[415]
_OF_BODIES = problem_responses(
    {408: "The body did not arrive within 120 seconds.", 413: "The body is larger than 1,048,576 bytes."}
)
