"""`python -m shared.openapi crystal.main` prints the service's OpenAPI document as it is committed."""

import importlib
import json
import sys
from typing import Any, Protocol


class Documented(Protocol):
    """An application that describes itself."""

    def openapi(self) -> dict[str, Any]: ...


def render_openapi(app: Documented) -> str:
    """Return the document of `app` as indented JSON, ended by a newline."""
    return json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(render_openapi(importlib.import_module(sys.argv[1]).create_app()))
