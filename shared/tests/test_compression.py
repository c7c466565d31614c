"""Answers in JSON are packed for those who take that, and nothing else is."""

import gzip
import json
from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI
from starlette.responses import JSONResponse, Response, StreamingResponse

from shared.compression import MOST_BYTES_AT_ONCE, JsonCompressionMiddleware, accepted_encodings
from shared.testing import client_of

LONG = {"rows": ["where is my card"] * 200}
VAST = {"rows": ["where is my card"] * MOST_BYTES_AT_ONCE}
GZIP = {"Accept-Encoding": "gzip, br"}


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    app = FastAPI()
    app.add_middleware(JsonCompressionMiddleware)

    @app.api_route("/long", methods=["GET", "HEAD"])
    async def long() -> JSONResponse:
        return JSONResponse(LONG, headers={"Vary": "Origin"})

    @app.get("/vast")
    async def vast() -> JSONResponse:
        return JSONResponse(VAST)

    @app.get("/short")
    async def short() -> JSONResponse:
        return JSONResponse({"rows": []})

    @app.get("/problem")
    async def problem() -> Response:
        return Response(json.dumps(LONG), 409, media_type="application/problem+json")

    @app.get("/csv")
    async def csv() -> Response:
        return Response("text,label\n" * 1000, media_type="text/csv")

    @app.get("/packed")
    async def packed() -> Response:
        return Response(
            gzip.compress(b"0" * 5000, 0), media_type="application/json", headers={"Content-Encoding": "gzip"}
        )

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        return StreamingResponse(_parts(), media_type="application/json")

    async with client_of(app) as client:
        yield client


async def _parts() -> AsyncIterator[bytes]:
    yield b"[" + b"0," * 2000
    yield b"0]"


async def answer_of(client: httpx2.AsyncClient, path: str, headers: dict[str, str]) -> tuple[httpx2.Response, bytes]:
    """The answer, and its body as it was sent."""
    async with client.stream("GET", path, headers=headers) as answer:
        return answer, b"".join([chunk async for chunk in answer.aiter_raw()])


@pytest.mark.parametrize(
    ("path", "status", "content"), [("/long", 200, LONG), ("/vast", 200, VAST), ("/problem", 409, LONG)]
)
async def test_json_is_packed_for_those_who_take_it(
    client: httpx2.AsyncClient, path: str, status: int, content: dict[str, list[str]]
) -> None:
    answer, body = await answer_of(client, path, GZIP)
    assert answer.status_code == status
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(body)
    assert "Accept-Encoding" in answer.headers["vary"]
    assert json.loads(gzip.decompress(body)) == content


@pytest.mark.parametrize("accepted", ["identity", "", "gzip;q=0", "br"])
async def test_others_get_it_plain_and_caches_know(client: httpx2.AsyncClient, accepted: str) -> None:
    answer, body = await answer_of(client, "/long", {"Accept-Encoding": accepted})
    assert "content-encoding" not in answer.headers
    assert answer.headers["vary"] == "Origin, Accept-Encoding"
    assert json.loads(body) == LONG


@pytest.mark.parametrize("path", ["/short", "/csv", "/stream"])
async def test_what_is_short_or_a_file_or_a_stream_passes_as_it_is(client: httpx2.AsyncClient, path: str) -> None:
    packed, body = await answer_of(client, path, GZIP)
    plain, same = await answer_of(client, path, {"Accept-Encoding": "identity"})
    assert body == same
    assert packed.headers == plain.headers
    assert "content-encoding" not in packed.headers


async def test_what_is_packed_already_is_not_packed_again(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/packed", headers=GZIP)).content == b"0" * 5000


async def test_an_answer_to_head_stays_without_a_body(client: httpx2.AsyncClient) -> None:
    answer = await client.head("/long", headers=GZIP)
    assert (answer.status_code, answer.content) == (200, b"")
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("gzip, deflate, br", {"gzip", "deflate", "br"}),
        ("br;q=0, GZIP; q=0.5", {"gzip"}),
        ("br;q=0.000", set()),
        ("identity", {"identity"}),
    ],
)
def test_encodings_of_quality_zero_are_not_taken(header: str, names: set[str]) -> None:
    assert accepted_encodings(header) == names
