"""JSON bodies: refused when they say they are something else, and parsed where the work is done."""

from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from shared.errors import ProblemError

M = TypeVar("M", bound=BaseModel)


def require_json(request: Request) -> None:
    """Dependency: refuse a body whose `Content-Type` says that it is not JSON (415)."""
    content_type = request.headers.get("content-type", "application/json")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise ProblemError(415, f"The body must be application/json, not {media_type or 'of no type'}.")


def parse_json(model: type[M], body: bytes) -> M:
    """Parse and validate `body` in one go; for a large one in a worker thread, where FastAPI would block the loop.

    Raises RequestValidationError, as FastAPI does for a body that it reads itself.
    """
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError([{**e, "loc": ("body", *e["loc"])} for e in found]) from error


def json_body(model: type[BaseModel]) -> dict[str, Any]:
    """Return the `openapi_extra` of a route that parses its body as `model` itself."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
