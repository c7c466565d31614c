"""`/embeddings` of models without an encoder; those with one are tested where they are built."""

from typing import Any

import httpx2
import pytest

from intent.schemas.embeddings import MAX_EMBEDDED
from shared.errors import MEDIA_TYPE


async def test_a_model_without_an_encoder_says_so(client: httpx2.AsyncClient) -> None:
    default = (await client.get("/models")).json()["default"]
    answer = await client.post("/embeddings", json={"texts": ["where is it"]})
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith(f"Version {default} has no sentence encoder")


async def test_an_unknown_version_is_answered_with_what_there_is(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/embeddings?version=abc", json={"texts": ["where is it"]})
    assert answer.status_code == 404
    assert answer.json()["detail"].startswith("There is no version 'abc'; there is ")


@pytest.mark.parametrize(
    "body",
    [
        {"texts": []},
        {"texts": ["a"] * (MAX_EMBEDDED + 1)},
        {"texts": [" "]},
        {"texts": "a"},
        {"texts": [None]},
        {"texts": ["a"], "encoding_format": "int8"},
        {"texts": ["a"], "more": 1},
        {},
    ],
)
async def test_bad_input_is_refused(client: httpx2.AsyncClient, body: Any) -> None:
    answer = await client.post("/embeddings", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
