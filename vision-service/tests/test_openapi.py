"""The committed document is the application's, and the application keeps to it."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from PIL import Image
from schemathesis.specs.openapi.checks import positive_data_acceptance

from shared.errors import MEDIA_TYPE
from shared.openapi import render_openapi
from shared.testing import server_process
from vision.main import create_app
from vision.routes.uploads import IMAGE_TYPES
from vision.settings import Settings

DOCUMENT = Path(__file__).parents[1] / "openapi.json"


def images(image_format: str) -> st.SearchStrategy[bytes]:
    """Small files of the format, as the document promises under its media type."""

    def encode(size: tuple[int, int], colour: int) -> bytes:
        buffer = io.BytesIO()
        Image.new("RGB", size, colour).save(buffer, image_format)
        return buffer.getvalue()

    return st.builds(encode, st.tuples(st.integers(1, 40), st.integers(1, 40)), st.integers(0, 0xFFFFFF))


for media_type in IMAGE_TYPES:
    schemathesis.openapi.media_type(media_type, images(media_type.partition("/")[2].upper()))


@pytest.fixture(scope="module")
def url(model_dir: Path) -> Iterator[str]:
    quiet = {"VISION_MODEL_DIR": str(model_dir), "VISION_LOG_LEVEL": "error", "VISION_TUNING_SECONDS": "0"}
    with server_process("vision", "VISION_", quiet) as (_, url):
        yield url


promises = schemathesis.openapi.from_dict(create_app(Settings()).openapi())


@promises.parametrize()
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_schemathesis_finds_nothing(case: schemathesis.Case[Any], url: str) -> None:
    untyped = case.media_type == "application/octet-stream"  # of which not every value can be an image
    several = case.path.endswith("/batch")  # which Schemathesis sends without names, as if they were texts
    tensors = case.path.endswith("/infer")  # whose data must be as long as their shapes say, which no schema can say
    excluded: list[Any] = [positive_data_acceptance] if untyped or several or tensors else []
    case.headers.pop("x-request-timeout", None)  # a right one may be shorter than any answer takes: 504
    case.call_and_validate(base_url=url, excluded_checks=excluded, timeout=30)


def test_the_committed_document_is_the_applications() -> None:
    assert render_openapi(create_app(Settings())) == DOCUMENT.read_text(encoding="utf-8")


def test_every_documented_error_has_a_schema_and_an_example() -> None:
    operation = create_app(Settings()).openapi()["paths"]["/predictions"]["post"]
    errors = {status: answer for status, answer in operation["responses"].items() if status != "200"}
    assert set(errors) == {"404", "408", "413", "415", "422", "503", "504"}
    for status, answer in errors.items():
        content = answer["content"][MEDIA_TYPE]
        assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
        assert content["example"]["status"] == int(status)
