"""`/trainings`: real runs in the service's process group and in-process, from rows to a served version."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final
from uuid import uuid4

import httpx2
import pytest

from intent.main import create_app
from intent.retraining.keeping import DATA, FOLDER
from intent.settings import Settings
from shared.errors import MEDIA_TYPE
from shared.testing import client_of, server_process

MakeModel = Callable[..., str]
LINES: Final = {"content-type": "application/x-ndjson"}
THINGS: Final = ("order", "parcel", "book", "box", "car", "bike")
SECONDS: Final = 120
"""For a run of a few rows, which takes three where nobody else computes."""


def rows(label: str = "refund", parts: tuple[str, ...] = ("training",)) -> bytes:
    verbs = {"cancel": "cancel the", "track": "where is my", label: "money back for the"}
    texts = [(f"{verb} {thing}", name) for name, verb in verbs.items() for thing in THINGS]
    lines = [
        {"text": text, "label": name, "split": parts[number % len(parts)]} for number, (text, name) in enumerate(texts)
    ]
    return "\n".join(map(json.dumps, lines)).encode()


@pytest.fixture
def folder(tmp_path: Path, make_orders: MakeModel) -> Path:
    make_orders()
    return tmp_path / "models"


@pytest.fixture
async def client(folder: Path) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(create_app(Settings(model_dir=folder, training_queue_size=1))) as client:
        yield client


async def begun(client: httpx2.AsyncClient, body: bytes, query: str = "", **headers: str) -> str:
    answer = await client.post(f"/trainings{query}", content=body, headers={**LINES, **headers})
    assert answer.status_code == 202, answer.text
    identifier: str = answer.json()["id"]
    assert answer.headers["location"] == f"trainings/{identifier}"
    return identifier


async def ended(client: httpx2.AsyncClient, identifier: str) -> dict[str, Any]:
    async with asyncio.timeout(SECONDS):
        while True:
            training: dict[str, Any] = (await client.get(f"/trainings/{identifier}")).json()
            if training["status"] not in {"queued", "running"}:
                return training
            await asyncio.sleep(0.1)


async def test_a_new_version_is_trained_and_served_and_not_promoted(client: httpx2.AsyncClient, folder: Path) -> None:
    before = (await client.get("/models")).json()["default"]
    body = rows("refund", ("training", "training", "testing")) + b'\n{"text": "hello"}\n'
    training = await ended(client, await begun(client, body, "?seed=3"))
    assert training["status"] == "succeeded", training["error"]
    assert (training["training_rows"], training["rejected_rows"], training["seed"]) == (12, 1, 3)
    assert training["first_rejection"].startswith(f"{DATA}:19 has none of the keys label")
    assert training["steps"][0]["text"] == "Reading the data"
    assert training["steps"][-1]["seconds"] <= training["seconds"]
    models = (await client.get("/models")).json()
    assert models["default"] == before
    assert [each["version"] for each in models["versions"]] == [training["version"], before]
    assert models["versions"][0]["data_sha256"] == training["data_sha256"]
    assert models["versions"][0]["accuracy"] is not None
    asked = {"data": [{"text": "money back for the book"}], "n_best": 1000}
    answer = await client.post(f"/projects/1/predict?version={training['version']}", json=asked)
    value = answer.json()[0]["predictions"][0]["value"]
    assert value[0]["label"] == "refund"
    assert len(value) == 3
    assert (await client.get("/trainings")).json() == {"items": [training], "next_cursor": None}
    assert [path.name for path in (folder / FOLDER / training["id"]).iterdir()] == ["training.json"]


async def test_rows_that_make_no_model_are_told_why(client: httpx2.AsyncClient) -> None:
    training = await ended(client, await begun(client, b'{"text": "a", "label": "x"}\n{"text": "b", "label": "x"}'))
    assert (training["status"], training["version"]) == ("failed", None)
    assert training["error"].startswith("there is only the label 'x' to train on")


async def test_what_waits_and_what_runs_can_be_cancelled_and_one_more_is_refused(client: httpx2.AsyncClient) -> None:
    running, waiting = await begun(client, rows()), await begun(client, rows("more"))
    refused = await client.post("/trainings", content=rows("most"), headers=LINES)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
    assert refused.json()["detail"] == "One training may run and 1 may wait; try again when one has ended."
    for identifier in (waiting, running):
        cancelled = (await client.post(f"/trainings/{identifier}/cancel")).json()
        assert (cancelled["status"], cancelled["version"]) == ("cancelled", None)
        assert (await client.post(f"/trainings/{identifier}/cancel")).status_code == 200
    listed = (await client.get("/trainings?limit=1")).json()
    assert [each["id"] for each in listed["items"]] == [waiting]
    rest = (await client.get(f"/trainings?limit=1&cursor={listed['next_cursor']}")).json()
    assert [each["id"] for each in rest["items"]] == [running]
    assert len((await client.get("/models")).json()["versions"]) == 1


async def test_the_same_key_trains_nothing_twice(client: httpx2.AsyncClient) -> None:
    headers = {**LINES, "idempotency-key": "version-7"}
    answers = await asyncio.gather(*(client.post("/trainings", content=rows(), headers=headers) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 202]
    assert len({answer.json()["id"] for answer in answers}) == 1
    for body, query in ((rows("other"), ""), (rows(), "?seed=1")):
        answer = await client.post(
            f"/trainings{query}", content=body, headers={**LINES, "idempotency-key": "version-7"}
        )
        assert answer.status_code == 422
        assert "belongs to a training on other rows" in answer.json()["detail"]
    assert len((await client.get("/trainings")).json()["items"]) == 1
    training = answers[0].json()["id"]
    assert (await ended(client, training))["status"] == "succeeded"
    assert (await client.post(f"/trainings/{training}/cancel")).status_code == 409


@pytest.mark.parametrize(
    ("body", "headers", "query", "status"),
    [
        (b"", LINES, "", 422),
        (b"text,label\na,b", LINES, "", 422),
        (b"{}", {"content-type": "application/json"}, "", 415),
        (b"{}", {}, "", 415),
        (b"{}", LINES, "?encoder=/etc", 422),
        (b"{}", LINES, "?encoder=owner/name", 422),
        (b"{}", LINES, "?seed=-1", 422),
        (b"{}", {**LINES, "idempotency-key": "a b"}, "", 422),
    ],
)
async def test_what_cannot_be_trained_on_is_refused(
    client: httpx2.AsyncClient, folder: Path, body: bytes, headers: dict[str, str], query: str, status: int
) -> None:
    answer = await client.post(f"/trainings{query}", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert (await client.get("/trainings")).json()["items"] == []
    assert not list((folder / FOLDER).glob("*/*"))


async def test_an_unknown_training_is_not_found(client: httpx2.AsyncClient) -> None:
    for method, path in (("GET", f"/trainings/{uuid4()}"), ("POST", f"/trainings/{uuid4()}/cancel")):
        answer = await client.request(method, path)
        assert answer.status_code == 404
        assert answer.json()["detail"].startswith("There is no training ")


async def test_more_bytes_than_allowed_are_refused_and_not_kept(folder: Path) -> None:
    async with client_of(create_app(Settings(model_dir=folder, max_training_bytes=100))) as client:
        answer = await client.post("/trainings", content=rows(), headers=LINES)
        assert answer.status_code == 413
        assert not list((folder / FOLDER).glob("*/*"))


async def test_a_run_that_takes_too_long_is_ended(folder: Path) -> None:
    async with client_of(create_app(Settings(model_dir=folder, training_seconds=0.5))) as client:
        training = await ended(client, await begun(client, rows()))
    assert training["error"] == "The run took longer than the 0.5 s that it may."


async def test_where_it_is_off_nobody_trains(folder: Path) -> None:
    async with client_of(create_app(Settings(model_dir=folder, host="192.168.0.1"))) as client:
        for method, path in (("POST", "/trainings"), ("GET", "/trainings"), ("POST", f"/trainings/{uuid4()}/cancel")):
            answer = await client.request(method, path)
            assert answer.status_code == 403
            assert "set INTENT_TRAININGS=true" in answer.json()["detail"]
    assert not (folder / FOLDER).exists()


async def test_where_nothing_is_installed_that_trains_it_is_said_what_to_install(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    answer = await client.post("/trainings", content=rows(), headers=LINES)
    assert answer.status_code == 501
    assert answer.json()["detail"].endswith("install flotilla-intent[training].")


async def test_where_there_is_a_key_it_is_wanted(folder: Path) -> None:
    async with client_of(create_app(Settings(model_dir=folder, api_key="k-271828"))) as client:
        for method, path in (("POST", "/trainings"), ("GET", "/trainings"), ("POST", f"/trainings/{uuid4()}/cancel")):
            assert (await client.request(method, path)).status_code == 401
        assert (await client.get("/trainings", headers={"x-api-key": "k-271828"})).status_code == 200


async def test_of_two_services_over_one_folder_one_trains(client: httpx2.AsyncClient, folder: Path) -> None:
    training = await begun(client, rows())
    async with client_of(create_app(Settings(model_dir=folder))) as other:
        assert (await other.get("/models")).status_code == 200
        for answer in (await other.get("/trainings"), await other.post("/trainings", content=rows(), headers=LINES)):
            assert answer.status_code == 503
            assert "Another process trains into" in answer.json()["detail"]
    await client.post(f"/trainings/{training}/cancel")


def test_a_training_outlives_its_service(folder: Path) -> None:
    variables = {"INTENT_MODEL_DIR": str(folder)}
    with server_process("intent", "INTENT_", variables) as (process, url):
        waiting = [httpx2.post(f"{url}/trainings", content=rows(name), headers=LINES).json()["id"] for name in "ab"]
        wait_for(url, waiting[0], "running")
        process.kill()
    with server_process("intent", "INTENT_", variables) as (process, url):
        wait_for(url, waiting[0], "running")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    with server_process("intent", "INTENT_", variables) as (_, url):
        made = {wait_for(url, identifier, "succeeded")["version"] for identifier in waiting}
        models = httpx2.get(f"{url}/models").json()
    assert {each["version"] for each in models["versions"]} == {*made, models["default"]}
    assert len(made) == 2
    assert models["default"] not in made


def wait_for(url: str, identifier: str, status: str) -> dict[str, Any]:
    deadline = monotonic() + SECONDS
    while monotonic() < deadline:
        training: dict[str, Any] = httpx2.get(f"{url}/trainings/{identifier}").json()
        if training["status"] == status:
            return training
        sleep(0.1)
    raise TimeoutError(str(training))
