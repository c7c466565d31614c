"""Whether a service's document can be merged: what a service sends is data, and may be anything."""

from typing import Any, Final

import orjson

from gateway.documents.grammar import COMPONENTS, operations

MAX_BYTES: Final = 8 << 20
MAX_DEPTH: Final = 100
"""Levels of nesting: far more than documents have, and less than either the JSON writer or the interpreter bears."""
MAX_VALUES: Final = 1_000_000
"""Objects, arrays, strings, numbers …, all together."""
_REASON_CHARACTERS: Final = 200


class DocumentError(Exception):
    """The document cannot be merged; the text says why, in few printable characters."""

    def __init__(self, reason: str) -> None:
        super().__init__("".join(c if c.isprintable() else "?" for c in reason[:_REASON_CHARACTERS]))


def parse_document(raw: bytes) -> dict[str, Any]:
    """Return the JSON object that `raw` is, with a form that can be merged; raises DocumentError."""
    if len(raw) > MAX_BYTES:
        raise DocumentError(f"its document has more than {MAX_BYTES:,} bytes")
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise DocumentError("its document is not JSON") from None
    return check_form(document)


def check_form(document: object) -> dict[str, Any]:
    """Return `document` when it is an OpenAPI 3.1 document as far as merging looks into it; raises DocumentError."""
    if not isinstance(document, dict):
        raise DocumentError("its document is not a JSON object")
    _check_size(document)
    version = document.get("openapi")
    if not (isinstance(version, str) and version.startswith("3.1.")):
        raise DocumentError("its document is not OpenAPI 3.1")
    for name in ("paths", "webhooks", "components"):
        _object(document, name)
    for section in COMPONENTS:
        _object(document.get("components", {}), section)
    _check_paths(document)
    return document


def _check_size(document: dict[str, Any]) -> None:
    """Look level by level, which also ends for what contains itself."""
    level: list[Any] = [document]
    depth = values = 0
    while level:
        depth, values = depth + 1, values + len(level)
        if depth > MAX_DEPTH:
            raise DocumentError(f"its document is nested deeper than {MAX_DEPTH} levels")
        if values > MAX_VALUES:
            raise DocumentError(f"its document has more than {MAX_VALUES:,} values")
        nested = (node.values() if isinstance(node, dict) else node for node in level if isinstance(node, (dict, list)))
        level = [value for values_ in nested for value in values_]


def _check_paths(document: dict[str, Any]) -> None:
    for path, item in document.get("paths", {}).items():
        if not path.startswith(("/", "x-")):
            raise DocumentError(f"its document has the path {path!r}, which does not begin with a slash")
        if path.startswith("/") and not isinstance(item, dict):
            raise DocumentError(f"what its document has at the path {path!r} is not a JSON object")
    for path, method, operation in operations(document.get("paths", {})):
        if not isinstance(operation.get("responses", {}), dict):
            raise DocumentError(f"the responses of {method.upper()} {path} in its document are not a JSON object")


def _object(parent: dict[str, Any], name: str) -> None:
    if not isinstance(parent.get(name, {}), dict):
        raise DocumentError(f"the {name} of its document are not a JSON object")
