"""The service is what its OpenAPI document says it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import settings as hypothesis_settings

from crystal.main import create_app
from shared.openapi import render_openapi
from shared.testing import server_process

schema = schemathesis.openapi.from_dict(create_app().openapi())


@pytest.fixture(scope="module")
def url(model_dir: Path) -> Iterator[str]:
    with server_process("crystal", "CRYSTAL_", {"CRYSTAL_MODEL_DIR": str(model_dir)}) as (_, url):
        yield url


@schema.parametrize()
@hypothesis_settings(max_examples=50, deadline=None)
def test_schemathesis_finds_nothing(case: schemathesis.Case[Any], url: str) -> None:
    case.call_and_validate(base_url=url)


def test_openapi_is_the_committed_one() -> None:
    committed = (Path(__file__).parent.parent / "openapi.json").read_text(encoding="utf-8")
    assert render_openapi(create_app()) == committed
