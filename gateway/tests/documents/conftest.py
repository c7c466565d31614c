"""The services' committed documents, and what the gateway makes of them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gateway.documents.answers import Security
from gateway.documents.merging import merge

MEMBERS = Path(__file__).parents[3]
OPEN = frozenset({"/livez", "/readyz", "/metrics"})


def committed(folder: str) -> dict[str, Any]:
    """Return the member's committed document."""
    document: dict[str, Any] = json.loads((MEMBERS / folder / "openapi.json").read_text(encoding="utf-8"))
    return document


@pytest.fixture(scope="session")
def own() -> dict[str, Any]:
    """The gateway's own document."""
    return committed("gateway")


@pytest.fixture(scope="session")
def services() -> dict[str, dict[str, Any]]:
    """The services' documents under their names."""
    return {name: committed(f"{name}-service") for name in ("catalog", "crystal", "vision", "intent", "debugger")}


@pytest.fixture(scope="session")
def security() -> Security:
    """A credential for all but the probes."""
    return Security(lambda service, path, method: path not in OPEN)  # noqa: ARG005 its full signature


@pytest.fixture(scope="session")
def merged(own: dict[str, Any], services: Mapping[str, dict[str, Any]], security: Security) -> dict[str, Any]:
    """The document of the whole fleet."""
    return merge(own, services, security)
