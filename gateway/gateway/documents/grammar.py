"""What is where in an OpenAPI 3.1 document, so that only what is a reference is treated as one.

A table of the objects of the OpenAPI Specification 3.1.1, section 4.8, and of the subschemas of JSON Schema 2020-12:
an example's value may contain a `$ref`, and a property may be called `$ref`, `example` or `properties`.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

Shape = Literal["one", "map", "list"]
Fields = Mapping[str, tuple[Shape, str]]

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
REFERENCED: Final = frozenset({"components", "paths", "webhooks"})
"""The parts of a document that references may lead into."""

COMPONENTS: Final[Mapping[str, str]] = {
    "schemas": "schema",
    "responses": "response",
    "parameters": "parameter",
    "examples": "example",
    "requestBodies": "request body",
    "headers": "header",
    "securitySchemes": "security scheme",
    "links": "link",
    "callbacks": "callback",
    "pathItems": "path item",
}
"""Each section of the components, and which objects it holds."""

_CONTENT: Final[Fields] = {
    "schema": ("one", "schema"),
    "content": ("map", "media type"),
    "examples": ("map", "example"),
}
_ONE: Final = ("additionalProperties", "contains", "contentSchema", "else", "if", "items", "not", "propertyNames")
_MAPS: Final = ("$defs", "definitions", "dependentSchemas", "patternProperties", "properties")

FIELDS: Final[Mapping[str, Fields]] = {
    "document": {"paths": ("map", "path item"), "webhooks": ("map", "path item"), "components": ("one", "components")},
    "components": {section: ("map", kind) for section, kind in COMPONENTS.items()},
    "path item": {"parameters": ("list", "parameter"), **dict.fromkeys(METHODS, ("one", "operation"))},
    "operation": {
        "parameters": ("list", "parameter"),
        "requestBody": ("one", "request body"),
        "responses": ("map", "response"),
        "callbacks": ("map", "callback"),
    },
    "request body": {"content": ("map", "media type")},
    "response": {"headers": ("map", "header"), "content": ("map", "media type"), "links": ("map", "link")},
    "media type": {**_CONTENT, "itemSchema": ("one", "schema"), "encoding": ("map", "encoding")},
    "encoding": {"headers": ("map", "header")},
    "parameter": _CONTENT,
    "header": _CONTENT,
    "example": {},
    "link": {},
    "security scheme": {},
    "callback": {},
    "schema": {
        **dict.fromkeys((*_ONE, "then", "unevaluatedItems", "unevaluatedProperties"), ("one", "schema")),
        **dict.fromkeys(_MAPS, ("map", "schema")),
        **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), ("list", "schema")),
    },
}
"""Each object's fields that hold further objects; whatever is in other fields is data.

Of OpenAPI 3.2 there is a media type's `itemSchema`, which FastAPI writes for streams of events into 3.1 as well.
"""


def field_of(kind: str, name: str) -> tuple[Shape, str] | None:
    """Return the shape and the kind of what the field `name` of an object holds, None for data."""
    if kind == "callback" and not name.startswith(("$", "x-")):
        return "one", "path item"
    return FIELDS[kind].get(name)


def operations(paths: Mapping[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return (path, method in lower case, operation) of all paths, in the document's order."""
    return [
        (path, method, operation)
        for path, item in paths.items()
        if isinstance(item, dict)
        for method, operation in item.items()
        if method in METHODS and isinstance(operation, dict)
    ]
