"""The gateway's own routes are what its OpenAPI document says they are."""

from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import settings

from gateway.main import create_app
from shared.openapi import render_openapi

schema = schemathesis.openapi.from_dict(create_app().openapi())


@schema.parametrize()
@settings(max_examples=30, deadline=None)
def test_schemathesis_finds_nothing(case: schemathesis.Case[Any], gateway: Any) -> None:
    case.call_and_validate(base_url=gateway.url)


def test_openapi_is_the_committed_one() -> None:
    committed = (Path(__file__).parent.parent / "openapi.json").read_text(encoding="utf-8")
    assert render_openapi(create_app()) == committed
