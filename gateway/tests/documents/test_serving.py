"""The fleet's document as the gateway serves it."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from shared.testing import free_port, served


@pytest.fixture
def documented() -> Callable[..., AbstractContextManager[str]]:
    """Serves a document with the given paths, and is ready."""

    @contextmanager
    def service(*paths: str) -> Iterator[str]:
        body = json.dumps({"openapi": "3.1.0", "paths": {path: {"get": {}} for path in paths}}).encode()

        async def answer(_: Scope, __: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": body})

        with served(answer) as url:
            yield url

    return service


@pytest.fixture
def document(make_gateway: Callable[..., Any], tmp_path: Any) -> Callable[[str], dict[str, Any]]:
    """Returns the document of a gateway with the given file."""

    def read(text: str) -> dict[str, Any]:
        file = tmp_path / "gateway.toml"
        file.write_text(text)
        with make_gateway({}, config_file=str(file), check_seconds="0") as gateway:
            found: dict[str, Any] = httpx2.get(f"{gateway.url}/openapi.json", timeout=30).json()
        return found

    return read


def test_a_path_that_the_gateway_refuses_costs_no_other_its_place(
    documented: Callable[..., AbstractContextManager[str]], document: Callable[[str], dict[str, Any]]
) -> None:
    with documented("/x/../images", "/x/IMAGES", "/x") as url:
        merged = document(
            f'[services.up]\ninstances = [{{ url = "{url}" }}]\naccess = "open"\n'
            '[[routes]]\npath = "/up/images"\n[[routes]]\npath = "/up/x/images"\n'
        )
    assert {"/up/x/../images", "/up/x/IMAGES", "/up/x"} <= merged["paths"].keys()
    needing = {path for path, item in merged["paths"].items() if "x-required-scope" in item.get("get", {})}
    assert needing == {"/up/x/../images", "/up/x/IMAGES"}
    assert "x-flotilla-absent" not in merged


def test_an_instance_that_gets_no_requests_is_not_asked(
    documented: Callable[..., AbstractContextManager[str]], document: Callable[[str], dict[str, Any]]
) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    with documented("/a") as url:
        instances = f'{{ url = "{nobody}", weight = 0 }}, {{ url = "{url}" }}'
        merged = document(f"[services.up]\ninstances = [{instances}]\n")
    assert "/up/a" in merged["paths"]


def test_an_instance_that_is_out_is_not_asked_where_there_is_another(
    documented: Callable[..., AbstractContextManager[str]], make_gateway: Callable[..., Any], tmp_path: Any
) -> None:
    nobody, file = f"http://127.0.0.1:{free_port()}", tmp_path / "gateway.toml"
    with documented("/a") as url:
        file.write_text(f'[services.up]\ninstances = [{{ url = "{nobody}" }}, {{ url = "{url}" }}]\n')
        with make_gateway({}, config_file=str(file)) as gateway, httpx2.Client(base_url=gateway.url) as client:
            assert {client.get("/up/x").status_code for _ in range(4)} == {200}
            assert "/up/a" in client.get("/openapi.json", timeout=30).json()["paths"]
