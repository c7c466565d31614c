"""JSON that may be anything."""

import json
from collections.abc import Mapping, Sequence

from intent.training.data.roles import plain


def parse(text: str) -> object:
    """Return the value; raises ValueError, also for what is nested too deeply, with nothing of the text in it."""
    try:
        value: object = json.loads(text)
    except RecursionError:
        raise ValueError("too many values in each other") from None
    return value


def as_list(value: object) -> Sequence[object] | None:
    """Return `value` if it is a list."""
    return value if isinstance(value, list) else None


def as_object(value: object) -> Mapping[str, object] | None:
    """Return `value` with plain keys if it is an object; of keys that are alike the last counts."""
    return {plain(key): each for key, each in value.items()} if isinstance(value, dict) else None
