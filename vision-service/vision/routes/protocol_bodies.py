"""The bodies of the Open Inference Protocol: JSON, that may be left out, or with binary data after it."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel

from shared.bodies import parse_json, require_json
from shared.errors import ProblemError

M = TypeVar("M", bound=BaseModel)

BINARY = "application/octet-stream"


def optional(model: type[M]) -> Callable[[Request], Awaitable[M]]:
    """Return a dependency that reads the body as `model`, which for an empty one has its defaults."""

    async def read(request: Request) -> M:
        require_json(request)
        body = await request.body()
        return parse_json(model, body) if body else model()

    return read


def require_inference(request: Request) -> None:
    """Dependency: refuse a body that says it is neither JSON nor JSON with binary data, or is compressed (415)."""
    media_type = request.headers.get("content-type", BINARY).partition(";")[0].strip().lower()
    if media_type != BINARY:
        require_json(request)
    if "content-encoding" in request.headers:
        raise ProblemError(415, "The body must not be compressed.", {"Accept-Encoding": "identity"})


def documented(model: type[BaseModel], *media_types: str, required: bool = True) -> dict[str, Any]:
    """Return the `openapi_extra` of a route that parses its body as `model` itself."""
    schema = model.model_json_schema()
    whole = _without_references(schema, schema.pop("$defs", {}))
    content = {"application/json": {"schema": whole}, **{media_type: {"schema": _BYTES} for media_type in media_types}}
    return {"requestBody": {"required": required, "content": content}}


_BYTES = {"type": "string", "format": "binary"}


def _without_references(schema: Any, definitions: dict[str, Any]) -> Any:  # noqa: ANN401 any part of a schema
    """Return `schema` with its definitions where they are used: the document's components have none of them."""
    if isinstance(schema, list):
        return [_without_references(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = definitions[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else {}
    own = {key: value for key, value in schema.items() if key != "$ref"}
    return {key: _without_references(value, definitions) for key, value in {**found, **own}.items()}
