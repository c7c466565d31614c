"""The committed document is the application's, and the application keeps to it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance

from debugger.main import create_app
from debugger.settings import Settings
from shared.errors import MEDIA_TYPE
from shared.openapi import render_openapi
from shared.testing import server_process

DOCUMENT = Path(__file__).parents[1] / "openapi.json"
ROWS = b"text,label,split\nwhere is my card,arrival,training\nmoney back,refund,testing\nhello,,\n"

schemathesis.openapi.media_type("application/octet-stream", st.binary())
promises = schemathesis.openapi.from_dict(create_app(Settings()).openapi())


@pytest.fixture(scope="module")
def url(new_database: Callable[[], str]) -> Iterator[str]:
    """A service with a project and some rows in it."""
    environment = {"DEBUGGER_DATABASE_URL": new_database(), "DEBUGGER_LOG_LEVEL": "error"}
    with server_process("debugger", "DEBUGGER_", environment) as (_, url):
        with httpx2.Client(base_url=url) as client:
            project = client.post("/projects", json={"name": "Chatbot"}).json()["id"]
            client.post(f"/projects/{project}/imports", content=ROWS)
        yield url


def is_beyond_schemas(case: schemathesis.Case[Any]) -> bool:
    """Whether what may be wrong with the request is nothing that a schema can forbid: filters, orders, cursors."""
    query = case.query or {}
    in_body = "decisions" in case.path or "behaviour-tests" in case.path
    return in_body or not query.keys().isdisjoint({"cursor", "filter", "order_by"})


@promises.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_schemathesis_finds_nothing(case: schemathesis.Case[Any], url: str) -> None:
    excluded: list[Any] = [positive_data_acceptance] if is_beyond_schemas(case) else []
    case.call_and_validate(base_url=url, excluded_checks=excluded, timeout=30)


def test_the_committed_document_is_the_applications() -> None:
    assert render_openapi(create_app(Settings())) == DOCUMENT.read_text(encoding="utf-8")


def test_every_documented_error_has_a_schema_and_an_example() -> None:
    for path, operations in create_app(Settings()).openapi()["paths"].items():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    content = answer["content"][MEDIA_TYPE]
                    assert content["schema"] == {"$ref": "#/components/schemas/Problem"}, path
                    assert content["example"]["status"] == int(status), path
