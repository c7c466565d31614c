"""`/models` in-process: versions side by side, and a default that changes under load."""

import asyncio
from collections.abc import Callable
from itertools import cycle

import httpx2

from shared.errors import MEDIA_TYPE

MakeModel = Callable[..., str]
QUESTION = "Where is my parcel?"


async def test_versions_are_described(client: httpx2.AsyncClient) -> None:
    models = (await client.get("/models")).json()
    (version,) = models["versions"]
    assert models == {"default": version["version"], "previous": [], "versions": [version], "damaged": []}
    assert version["default"] is True
    assert version["labels"] == 3
    assert version["created_at"] == "2026-01-01T00:00:00Z"
    assert version["accuracy"] == 0.9
    assert len(version["data_sha256"]) == 64
    detail = (await client.get(f"/models/{version['version']}")).json()
    assert detail["summary"] == version
    assert detail["labels"] == ["cancel_order", "refund", "track_order"]


async def test_versions_are_served_side_by_side(client: httpx2.AsyncClient, make_numbers: MakeModel) -> None:
    second = make_numbers(day=1)
    first = (await client.get("/models")).json()["default"]
    assert (await client.get("/intent", params={"query": QUESTION, "version": second})).status_code == 404
    await client.post(f"/models/{first}/promote")
    assert len((await client.post("/models/load")).json()["versions"]) == 2
    for version, label in ((first, "track_order"), (second, 26)):
        answer = await client.post(f"/intent?version={version}", json={"text": QUESTION})
        assert answer.json()["version"] == version
        assert answer.json()["results"][0]["intents"][0]["label"] == label
    assert (await client.get("/intent", params={"query": QUESTION})).json()["intent"] == "track_order"


async def test_promote_and_roll_back(client: httpx2.AsyncClient, make_numbers: MakeModel) -> None:
    first = (await client.get("/models")).json()["default"]
    second = make_numbers(day=1)
    promoted = await client.post(f"/models/{second}/promote")
    assert promoted.json()["default"] is True
    assert (await client.get("/intent", params={"query": QUESTION})).json()["intent"] == 26
    assert (await client.get("/models")).json()["previous"] == [first]
    rolled_back = await client.post("/models/rollback")
    assert rolled_back.json()["version"] == first
    assert (await client.get("/intent", params={"query": QUESTION})).json()["intent"] == "track_order"
    again = await client.post("/models/rollback")
    assert again.status_code == 409
    assert again.headers["content-type"] == MEDIA_TYPE


async def test_an_unknown_version_is_answered_with_what_there_is(client: httpx2.AsyncClient) -> None:
    known = (await client.get("/models")).json()["default"]
    for method, path in (("GET", "/models/abc"), ("POST", "/models/abc/promote"), ("GET", "/model/report?version=abc")):
        answer = await client.request(method, path)
        assert answer.status_code == 404
        assert answer.json()["detail"] == f"There is no version 'abc'; there is {known}."


async def test_no_request_fails_while_the_default_changes(client: httpx2.AsyncClient, make_numbers: MakeModel) -> None:
    first, second = (await client.get("/models")).json()["default"], make_numbers(day=1)
    labels, done = {first: "track_order", second: 26}, asyncio.Event()
    await client.post(f"/models/{first}/promote")
    seen: set[str] = set()

    async def ask() -> int:
        for count, body in enumerate(cycle(({"text": QUESTION, "n_best": 1}, {"texts": [QUESTION] * 20, "n_best": 1}))):
            answer = await client.post("/intent", json=body)
            assert answer.status_code == 200, answer.text
            version, results = answer.json()["version"], answer.json()["results"]
            assert {result["intents"][0]["label"] for result in results} == {labels[version]}
            seen.add(version)
            if done.is_set():
                return count + 1
        raise AssertionError

    async def change() -> None:
        for _ in range(15):
            assert (await client.post(f"/models/{second}/promote")).status_code == 200
            await asyncio.sleep(0.01)
            assert (await client.post("/models/rollback")).status_code == 200
            await asyncio.sleep(0.01)
        done.set()

    *counts, _ = await asyncio.gather(*(ask() for _ in range(8)), change())
    assert sum(filter(None, counts)) > 50
    assert seen == {first, second}
