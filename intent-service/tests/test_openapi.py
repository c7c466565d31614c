"""The committed document is the application's, and the application keeps to it."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from intent.main import create_app
from intent.settings import Settings
from shared.errors import MEDIA_TYPE
from shared.openapi import render_openapi
from shared.testing import server_process

DOCUMENT = Path(__file__).parents[1] / "openapi.json"


ROWS = b"".join(b'{"text": "%s it", "label": "%s"}\n' % (verb, verb) for verb in (b"cancel", b"track") * 9)

schemathesis.openapi.media_type(
    "application/x-ndjson", st.text(st.characters(codec="utf-8")).map(str.encode) | st.just(ROWS)
)


@pytest.fixture(scope="module")
def url(orders_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("trained") / "models"  # for what is trained is for nobody else
    copytree(orders_dir, folder)
    quiet = {"INTENT_MODEL_DIR": str(folder), "INTENT_LOG_LEVEL": "error", "INTENT_TRAINING_QUEUE_SIZE": "1000"}
    with server_process("intent", "INTENT_", quiet) as (_, url):
        yield url


promises = schemathesis.openapi.from_dict(create_app(Settings()).openapi())


@promises.parametrize()
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_schemathesis_finds_nothing(case: schemathesis.Case[Any], url: str) -> None:
    case.headers.pop("x-request-timeout", None)  # a right one may be shorter than any answer takes: 504
    response = case.call(base_url=url, timeout=30)
    too_large = response.status_code == 413  # which Schemathesis does not take for a refusal of too many texts
    excluded: list[Any] = [negative_data_rejection] if too_large else []
    if case.path == "/trainings":  # no schema can say what a body of lines must be, or a cursor
        excluded.append(positive_data_acceptance)
    case.validate_response(response, excluded_checks=excluded)


def test_the_committed_document_is_the_applications() -> None:
    assert render_openapi(create_app(Settings())) == DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/intent", {"404", "415", "504"}),
        ("/embeddings", {"404", "409", "415", "504"}),
        ("/projects/{id}/predict", {"401", "404", "415", "504"}),
        ("/trainings", {"401", "403", "415", "501"}),
    ],
)
def test_every_documented_error_has_a_schema_and_an_example(path: str, own: set[str]) -> None:
    operation = create_app(Settings()).openapi()["paths"][path]["post"]
    errors = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
    assert set(errors) == {"408", "413", "422", "503"} | own
    for status, answer in errors.items():
        content = answer["content"][MEDIA_TYPE]
        assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
        assert content["example"]["status"] == int(status)
