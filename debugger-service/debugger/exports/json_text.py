"""JSON as exports write it."""

import json


def dumped(value: object) -> str:
    """Return `value` as JSON on one line; whole numbers may have any length, as the database's do."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
