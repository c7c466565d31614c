"""The committed document is the application's, and the application keeps to it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import negative_data_rejection

from intent.main import create_app
from intent.settings import Settings
from shared.errors import MEDIA_TYPE
from shared.openapi import render_openapi
from shared.testing import server_process

DOCUMENT = Path(__file__).parents[1] / "openapi.json"


@pytest.fixture(scope="module")
def url(orders_dir: Path) -> Iterator[str]:
    quiet = {"INTENT_MODEL_DIR": str(orders_dir), "INTENT_LOG_LEVEL": "error"}
    with server_process("intent", "INTENT_", quiet) as (_, url):
        yield url


promises = schemathesis.openapi.from_dict(create_app(Settings()).openapi())


@promises.parametrize()
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_schemathesis_finds_nothing(case: schemathesis.Case[Any], url: str) -> None:
    case.headers.pop("x-request-timeout", None)  # a right one may be shorter than any answer takes: 504
    response = case.call(base_url=url, timeout=30)
    too_large = response.status_code == 413  # which Schemathesis does not take for a refusal of too many texts
    case.validate_response(response, excluded_checks=[negative_data_rejection] if too_large else [])


def test_the_committed_document_is_the_applications() -> None:
    assert render_openapi(create_app(Settings())) == DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.parametrize(("path", "own"), [("/intent", set()), ("/projects/{id}/predict", {"401"})])
def test_every_documented_error_has_a_schema_and_an_example(path: str, own: set[str]) -> None:
    operation = create_app(Settings()).openapi()["paths"][path]["post"]
    errors = {status: answer for status, answer in operation["responses"].items() if status != "200"}
    assert set(errors) == {"404", "408", "413", "415", "422", "503", "504"} | own
    for status, answer in errors.items():
        content = answer["content"][MEDIA_TYPE]
        assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
        assert content["example"]["status"] == int(status)
