"""The skeleton that every service stands on: errors, health, limits, metrics and the request's id."""

from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any

import httpx2
import pytest
from fastapi import APIRouter, Body, Depends, FastAPI, Request, UploadFile

from shared.app import create_service
from shared.bodies import require_json
from shared.errors import MEDIA_TYPE, OverloadedError
from shared.health import Check
from shared.settings import ServiceSettings
from shared.testing import client_of


class BrokenRuleError(Exception):
    """A domain error that knows no HTTP."""


class AwayError(Exception):
    """Another domain error, of what may be back in a moment."""


router = APIRouter()


@router.post("/numbers", dependencies=[Depends(require_json)])
async def add(numbers: list[float] = Body(embed=True)) -> float:  # noqa: B008
    return sum(numbers)


@router.get("/numbers")
async def count(least: float = 0) -> float:
    return least


@router.post("/files")
async def upload(file: UploadFile) -> str | None:
    return file.filename


@router.get("/raises/{what}")
async def raises(what: str) -> None:
    errors = {"domain": BrokenRuleError("rule 7 is broken"), "away": AwayError("away"), "full": OverloadedError("full")}
    raise errors.get(what, RuntimeError("a secret"))


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[Mapping[str, Any]]:
    yield {"model": "resnet"}


async def model_check(request: Request) -> Check:
    return Check(ready=request.state.model == "resnet", detail=request.state.model)


async def broken_check(_: Request) -> Check:
    return Check(ready=False, detail="no file at /models/x")


def service(**options: Any) -> FastAPI:
    return create_service(
        name="example",
        version="1.2.3",
        summary="For tests",
        settings=ServiceSettings(max_body_bytes=100),
        lifespan=lifespan,
        errors={BrokenRuleError: 409, AwayError: 503},
        **{"routers": [router], "checks": {"model": model_check}, **options},
    )


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(service()) as client:
        yield client


def assert_problem(answer: httpx2.Response, status: int, text: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    problem = answer.json()
    assert problem["status"] == status
    assert problem["request_id"] == answer.headers["x-request-id"] != ""
    assert problem["instance"] == answer.request.url.path
    assert text in problem["detail"]


_FORM = "multipart/form-data; boundary=x"


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "text"),
    [
        ("GET", "/nowhere", {}, 404, "Nothing is at /nowhere"),
        ("DELETE", "/numbers", {}, 405, "DELETE is not possible"),
        ("POST", "/numbers", {"content": "x" * 101}, 413, "larger than 100 bytes"),
        ("POST", "/numbers", {"content": "{", "headers": {"content-type": "text/csv"}}, 415, "not text/csv"),
        ("POST", "/numbers", {"json": {"numbers": [1, "a"]}}, 422, "body.numbers[1]"),
        ("POST", "/numbers", {"content": b"{", "headers": {"content-type": "application/json"}}, 422, "JSON"),
        (
            "POST",
            "/numbers",
            {"content": b'"\xff"', "headers": {"content-type": "application/json"}},
            422,
            "UTF-8",
        ),
        ("GET", "/numbers?leats=3", {}, 422, "query.leats: no parameter has this name"),
        ("POST", "/files", {"content": b"--x\r\n[]--x--", "headers": {"content-type": _FORM}}, 422, "cannot be read"),
        ("GET", "/raises/domain", {}, 409, "rule 7 is broken"),
        ("GET", "/raises/away", {}, 503, "away"),
        ("GET", "/raises/bug", {}, 500, "its log has the cause"),
        ("GET", "/raises/full", {}, 503, "full"),
    ],
)
async def test_every_error_is_a_problem_document(
    client: httpx2.AsyncClient, method: str, path: str, options: dict[str, Any], status: int, text: str
) -> None:
    answer = await client.request(method, path, **options)
    assert_problem(answer, status, text)
    assert "secret" not in answer.text
    assert ("retry-after" in answer.headers) == (status == 503)


async def test_405_names_the_methods_of_all_routes_of_the_path(client: httpx2.AsyncClient) -> None:
    assert (await client.delete("/numbers")).headers["allow"] == "GET, POST"


async def test_a_router_with_a_limit_of_its_own_takes_larger_bodies() -> None:
    numbers = {"numbers": list(range(100))}
    async with client_of(service(routers=[(router, 1000)])) as client:
        assert (await client.post("/numbers", json=numbers)).status_code == 200
        assert (await client.post("/numbers", json={"numbers": list(range(500))})).status_code == 413


async def test_a_chunked_body_over_the_limit_is_refused(client: httpx2.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"0123456789"

    answer = await client.post("/numbers", content=chunks(), headers={"content-type": "application/json"})
    assert_problem(answer, 413, "larger than 100 bytes")


async def test_only_the_first_errors_are_listed() -> None:
    app = create_service(
        name="example",
        version="1",
        summary="",
        settings=ServiceSettings(),
        lifespan=lifespan,
        routers=[router],
    )
    async with client_of(app) as client:
        answer = await client.post("/numbers", json={"numbers": ["a"] * 1000})
    assert len(answer.json()["errors"]) == 20
    assert "and 997 more" in answer.json()["detail"]


async def test_a_good_request_id_is_kept_and_a_bad_one_replaced(client: httpx2.AsyncClient) -> None:
    kept = await client.get("/livez", headers={"X-Request-ID": "order-17"})
    replaced = await client.get("/livez", headers={"X-Request-ID": "a b\tc" * 100})
    assert kept.headers["x-request-id"] == "order-17"
    assert len(replaced.headers["x-request-id"]) == 36


async def test_ready_tells_what_is_in_use(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert answer.json()["checks"] == {"model": {"ready": True, "detail": "resnet"}}


async def test_not_ready_tells_why() -> None:
    async with client_of(service(checks={"model": model_check, "file": broken_check})) as client:
        assert_problem(await client.get("/readyz"), 503, "file: no file at /models/x")
        assert (await client.get("/livez")).status_code == 200


async def test_requests_are_counted_by_route_and_status(client: httpx2.AsyncClient) -> None:
    await client.post("/numbers", json={"numbers": [1, 2]})
    metrics = (await client.get("/metrics")).text
    line = next(x for x in metrics.splitlines() if x.startswith("http_server_request_duration_seconds_count"))
    assert 'http_route="/numbers"' in line
    assert 'http_response_status_code="200"' in line
    assert line.endswith(" 1.0")
    assert "process_resident_memory_bytes" in metrics


async def test_documentation_needs_no_other_host(client: httpx2.AsyncClient) -> None:
    page = (await client.get("/docs")).text
    assert "http" not in page.replace("https://127.0.0.1", "")
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert (await client.get(f"/docs/assets/{asset}")).status_code == 200
    assert (await client.get("/docs/assets/..%2Fpy.typed")).status_code == 404


async def test_documentation_runs_only_what_it_says(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/docs")
    policy = answer.headers["content-security-policy"]
    script = answer.text.partition("<script>")[2].partition("</script>")[0]
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src 'self' 'sha256-{digest}'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_no_error_is_taken_for_a_page(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/<script>")
    assert answer.status_code == 404
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_openapi_describes_problems(client: httpx2.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    assert {"Problem", "InputError"} <= set(document["components"]["schemas"])
    example = document["paths"]["/readyz"]["get"]["responses"]["503"]["content"][MEDIA_TYPE]["example"]
    assert example["status"] == 503
