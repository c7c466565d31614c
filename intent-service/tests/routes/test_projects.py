"""`/projects/{id}/predict` in-process."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from intent.main import create_app
from intent.settings import Settings
from shared.errors import MEDIA_TYPE
from shared.testing import client_of

QUESTION = "Where is my parcel?"
KEY = "a key with ünusual letters"


@pytest.fixture
async def locked(orders_dir: Path) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(create_app(Settings(model_dir=orders_dir, api_key=SecretStr(KEY)))) as client:
        yield client


async def test_a_prediction_has_the_shape_of_the_api(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/projects/7/predict", json={"data": [{"text": QUESTION}], "n_best": 1})
    confidence = answer.json()[0]["predictions"][0]["value"][0]["confidence"]
    assert answer.json() == [{"predictions": [{"value": [{"label": "track_order", "confidence": confidence}]}]}]
    query = (await client.get("/intent", params={"query": QUESTION})).json()
    assert f"{confidence:.8f}" == query["probability"]


async def test_several_texts_are_answered_in_order(numbers_client: httpx2.AsyncClient) -> None:
    texts = [QUESTION, "I want my money back"] * 10
    data = [{"text": text, "id": 1} for text in texts]
    answer = await numbers_client.post("/projects/x/predict", json={"data": data, "n_best": 2})
    values = [element["predictions"][0]["value"] for element in answer.json()]
    assert [value[0]["label"] for value in values] == ["26", "3"] * 10
    assert {len(value) for value in values} == {2}


@pytest.mark.parametrize(
    "body",
    [
        {"data": []},
        {"data": [{"text": "a"}] * 21},
        {"data": [{"text": " "}]},
        {"data": [{}]},
        {"data": ["a"]},
        {"data": {"text": "a"}},
        {"data": [{"text": "a"}], "n_best": 0},
        {},
        None,
    ],
)
async def test_bad_input_is_refused(client: httpx2.AsyncClient, body: Any) -> None:
    answer = await client.post("/projects/7/predict", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE


async def test_lone_surrogates_do_no_harm(client: httpx2.AsyncClient) -> None:
    body = b'{"data": [{"text": "where \\ud800 is it"}]}'
    answer = await client.post("/projects/7/predict", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in {200, 422}


@pytest.mark.parametrize("key", [None, "", "wrong", KEY[:-1], f"{KEY}x"])
async def test_without_the_key_nothing_is_answered(locked: httpx2.AsyncClient, key: str | None) -> None:
    headers = {} if key is None else {b"x-api-key": key.encode()}
    for body in ({"data": [{"text": QUESTION}]}, {}):
        answer = await locked.post("/projects/7/predict", json=body, headers=headers)
        assert answer.status_code == 401, answer.text
        assert answer.headers["content-type"] == MEDIA_TYPE
        assert KEY not in answer.text


async def test_with_the_key_it_is_answered(locked: httpx2.AsyncClient) -> None:
    headers = {b"X-Api-Key": KEY.encode()}
    answer = await locked.post("/projects/7/predict", json={"data": [{"text": QUESTION}]}, headers=headers)
    assert answer.status_code == 200, answer.text
    assert (await locked.get("/intent", params={"query": QUESTION})).status_code == 200
