"""JSON as rows have it: what a database cannot hold, or what is there to do harm, is refused."""

from typing import Any, Final

import orjson

from debugger.ingest.refusals import RowError

MAX_NESTING: Final = 32
"""Lists and objects in each other; what is written again may be nested 254 times at most."""


def parse(text: str) -> Any:  # noqa: ANN401 any JSON
    """Return the value; raises RowError, also for NaN, numbers out of range, halves of surrogate pairs and NUL."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise RowError(f"it is not JSON: {error}") from error
    if "\\u0000" in text or text.count("[") + text.count("{") > MAX_NESTING:
        _check(value)
    return value


def _check(value: object) -> None:
    waiting: list[tuple[object, int]] = [(value, 1)]
    while waiting:
        each, depth = waiting.pop()
        if isinstance(each, str) and "\0" in each:
            raise RowError("it holds the character NUL")
        if isinstance(each, dict | list):
            if depth > MAX_NESTING:
                raise RowError(f"it has more than {MAX_NESTING} lists and objects in each other")
            inner = (*each, *each.values()) if isinstance(each, dict) else each
            waiting += ((one, depth + 1) for one in inner)


def parse_object(text: str) -> dict[str, Any]:
    """Return the object; raises RowError."""
    value = parse(text)
    if not isinstance(value, dict):
        raise RowError("it is not a JSON object")
    return value
