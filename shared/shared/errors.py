"""Errors as RFC 9457 problem documents: one shape for every answer that is not a success."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.routing import Match
from starlette.types import Scope

MEDIA_TYPE = "application/problem+json"
MAX_REPORTED_ERRORS = 20
RETRY_AFTER_SECONDS = 1
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
CLIENT_CLOSED_REQUEST = 499
"""What logs and metrics show, as nginx has it, when the client was gone before the answer."""


class InputError(BaseModel):
    """One thing that is wrong with the input."""

    loc: list[str | int] = Field(description="Where: the part of the request, then the way down to the value.")
    msg: str = Field(description="What is wrong there.")


class Problem(BaseModel):
    """An RFC 9457 problem document."""

    type: str = Field("about:blank", description="A URI that names the kind of problem.")
    title: str = Field(description="The kind of problem in words; the same for every occurrence.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What happened this time and what can be done about it.")
    instance: str = Field(description="The path that was asked for.")
    request_id: str = Field(description="Also in the answer's `X-Request-ID` and in the service's log.")
    errors: list[InputError] | None = Field(None, description="For bad input: each value at fault.")


class ProblemError(Exception):
    """Raised where the HTTP answer is already known; becomes a problem document."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers


class OverloadedError(ProblemError):
    """Every place and every waiting place is taken: 503 with `Retry-After`."""

    def __init__(self, detail: str, retry_after: int = RETRY_AFTER_SECONDS) -> None:
        super().__init__(503, detail, {"Retry-After": str(retry_after)})


def problem_response(
    scope: Scope,
    status: int,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: Sequence[InputError] | None = None,
) -> Response:
    """Build the answer for `scope` with the problem document as its body."""
    request_id = scope.get("state", {}).get("request_id", "")
    problem = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=scope["path"],
        request_id=request_id,
        errors=list(errors) if errors else None,
    )
    return JSONResponse(
        problem.model_dump(exclude_none=True),
        status_code=status,
        headers={**(headers or {}), "X-Request-ID": request_id, "X-Content-Type-Options": "nosniff"},
        media_type=MEDIA_TYPE,
    )


def error_response(scope: Scope, error: ProblemError) -> Response:
    """Build the answer that `error` stands for."""
    return problem_response(scope, error.status, error.detail, headers=error.headers)


def problem_responses(examples: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    """Return OpenAPI `responses` for the given statuses, each with the schema and an example `detail`."""
    return {status: _documented(status, detail) for status, detail in examples.items()}


def too_large(scope: Scope) -> str:
    """Say which limit the body of the request exceeds."""
    return f"The body is larger than {scope.get(MAX_BODY_SIZE_SCOPE_KEY, 0):,} bytes."


def install_problem_handlers(app: FastAPI, statuses: Mapping[type[Exception], int]) -> None:
    """Answer every error of `app` with a problem document; `statuses` maps the domain's own errors."""

    def on_domain_error(status: int) -> Callable[[Request, Exception], Response]:
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status == HTTPStatus.SERVICE_UNAVAILABLE else None
        return lambda request, error: problem_response(request.scope, status, str(error), headers=headers)

    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(ClientDisconnect, _on_client_gone)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_invalid_input)
    app.add_exception_handler(Exception, _on_unexpected)
    for error_type, status in statuses.items():
        app.add_exception_handler(error_type, on_domain_error(status))


def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)
    return error_response(request.scope, error)


def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    # FastAPI makes a 400 of whatever ends its reading of a body; what ended it is known better.
    if isinstance(error.__cause__, ProblemError):
        return error_response(request.scope, error.__cause__)
    if isinstance(error.__cause__, ClientDisconnect):
        return _on_client_gone(request, error)
    status, detail, headers = error.status_code, error.detail, error.headers
    if isinstance(error.__cause__, (UnicodeDecodeError, RecursionError)):
        status, detail = 422, "The body is not JSON: it is not UTF-8, or it is nested too deeply."
    elif status == 404 and detail == HTTPStatus.NOT_FOUND.phrase:
        detail = f"Nothing is at {request.url.path}."
    elif status == 400:
        status, detail = 422, f"The body cannot be read: {detail}"
    elif status == 413:
        detail = too_large(request.scope)
    elif status == 405:
        detail = f"{request.method} is not possible here; see the Allow header for what is."
        headers = {**(headers or {}), "Allow": ", ".join(_allowed_methods(request))}
    return problem_response(request.scope, status, detail, headers=headers)


def _allowed_methods(request: Request) -> list[str]:
    """Return all methods of the path; the framework names those of the first of several routes alone."""
    return [
        method
        for method in _METHODS
        if any(route.matches({**request.scope, "method": method})[0] == Match.FULL for route in request.app.routes)
    ]


def _on_invalid_input(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    errors = [
        InputError(loc=[part if isinstance(part, int) else _printable(part) for part in e["loc"]], msg=e["msg"])
        for e in found[:MAX_REPORTED_ERRORS]
    ]
    detail = "; ".join(f"{_path(e.loc)}: {e.msg}" for e in errors[:3])
    if len(found) > 3:
        detail += f"; and {len(found) - 3} more"
    return problem_response(request.scope, 422, detail, errors=errors)


def _on_client_gone(request: Request, error: Exception) -> Response:  # noqa: ARG001 nobody reads this answer
    return Response(status_code=CLIENT_CLOSED_REQUEST)


def _on_unexpected(request: Request, error: Exception) -> Response:  # noqa: ARG001 the traceback is only logged
    return problem_response(request.scope, 500, "The service failed to answer; its log has the cause.")


def _path(loc: Sequence[str | int]) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return path.removeprefix(".")


def _printable(part: str) -> str:
    return part.encode("utf-8", "backslashreplace").decode()[:100]


def _documented(status: int, detail: str) -> dict[str, Any]:
    phrase = HTTPStatus(status).phrase
    example: dict[str, Any] = {
        "type": "about:blank",
        "title": phrase,
        "status": status,
        "detail": detail,
        "instance": "/path",
        "request_id": "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1",
    }
    if status == 422:
        example["errors"] = [{"loc": ["body"], "msg": detail}]
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": phrase, "content": {MEDIA_TYPE: {"schema": schema, "example": example}}}
