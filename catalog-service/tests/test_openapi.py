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

from catalog.main import create_app
from catalog.settings import Settings
from shared.errors import MEDIA_TYPE
from shared.images.testing import encoded, random_field
from shared.openapi import render_openapi
from shared.testing import server_process

DOCUMENT = Path(__file__).parents[1] / "openapi.json"
OPAQUE_BODIES = {"/imports", "/images/upload"}
"""What a schema can say of their bodies is not all that must be true of them."""

for media_type in ("application/x-ndjson", "text/csv"):
    schemathesis.openapi.media_type(media_type, st.text(st.characters(codec="utf-8")).map(str.encode))

promises = schemathesis.openapi.from_dict(create_app(Settings()).openapi())


@pytest.fixture(scope="module")
def url(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service with a few images, tags, datasets and labelings in it."""
    environment = {
        "CATALOG_DATABASE_URL": new_database(),
        "CATALOG_DATA_DIR": str(tmp_path_factory.mktemp("catalog")),
        "CATALOG_LOG_LEVEL": "error",
    }
    with server_process("catalog", "CATALOG_", environment) as (_, url):
        with httpx2.Client(base_url=url) as client:
            for number in range(3):
                image = {"file": (f"{number}.jpg", encoded(random_field(number, 80, 60), "JPEG"))}
                uploaded = client.post("/images/upload", files=image).json()
                client.post(f"/images/{uploaded['id']}/labelings", json={"tags": ["Cat"], "absent": ["Bird"]})
        yield url


def is_beyond_schemas(case: schemathesis.Case[Any]) -> bool:
    """Whether what may be wrong with the request is nothing that a schema can forbid."""
    if case.path in OPAQUE_BODIES or "cursor" in (case.query or {}):
        return True
    if not isinstance(case.body, dict):
        return False
    contradicts = not (folded(case.body, "tags") | folded(case.body, "present")).isdisjoint(folded(case.body, "absent"))
    selects_both_ways = case.path.startswith("/datasets/{dataset_id}/images") and not (
        (case.body.get("images") is None) ^ (case.body.get("filter") is None)
    )
    return contradicts or selects_both_ways


def folded(body: dict[str, Any], key: str) -> set[str]:
    names = body.get(key)
    return {name.strip().casefold() for name in names if isinstance(name, str)} if isinstance(names, list) else set()


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


def test_every_body_refuses_what_it_does_not_know() -> None:
    """A filter with a typo would filter nothing, and a negative label with a typo be none."""
    document = create_app(Settings()).openapi()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            schema = operation.get("requestBody", {"content": {}})["content"].get("application/json", {}).get("schema")
            if schema:
                name = schema["$ref"].rpartition("/")[2]
                assert document["components"]["schemas"][name]["additionalProperties"] is False, (path, name)
    assert document["components"]["schemas"]["FilterBody"]["additionalProperties"] is False
