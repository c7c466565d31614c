"""Proofs by retraining in the intent service itself: what fixed labels gain, and that a kill repeats nothing."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeAlias
from uuid import UUID

import httpx2
import numpy as np
import pytest

from debugger import proofs
from debugger.main import create_app
from debugger.proving import Prover
from debugger.settings import Settings
from shared import jobs
from shared.database import Database
from shared.jobs import Step
from shared.jobs.queue import RetryLaterError
from shared.jobs.tables import Job
from shared.testing import client_of, server_process

Imported: TypeAlias = Callable[..., Awaitable[tuple[str, dict[str, Any]]]]
Finished: TypeAlias = Callable[..., Awaitable[dict[str, Any]]]

KEY = "k-314159"
TOPICS = {
    "card": ["card", "arrive", "post", "delivery", "plastic", "envelope", "letter", "sent"],
    "refund": ["money", "back", "refund", "return", "shop", "charged", "reverse", "receipt"],
    "limit": ["limit", "raise", "maximum", "spend", "daily", "cap", "amount", "higher"],
}
ROWS = 360


@pytest.fixture(scope="module")
def intent_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The intent service, without a model, with trainings on and a key."""
    pytest.importorskip("intent")
    folder = tmp_path_factory.mktemp("models")
    with server_process("intent", "INTENT_", {"INTENT_MODEL_DIR": str(folder), "INTENT_API_KEY": KEY}) as (_, url):
        yield url


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """Those of a debugger beside that service, if the test wants it, or beside nobody."""
    named = "intent_url" in request.fixturenames
    url = request.getfixturevalue("intent_url") if named else "http://127.0.0.1:9"
    return Settings(**{**settings.model_dump(), "intent_url": url, "intent_key": KEY})


def topic_of(number: int) -> str:
    return list(TOPICS)[number % 3]


def is_wrong(number: int) -> bool:
    """Most rows about cards are labeled as refunds, but few of those for testing."""
    is_rare = number % 5 == 0
    return topic_of(number) == "card" and (is_rare if number % 4 == 0 else not is_rare)


def content(*, split: bool) -> bytes:
    random = np.random.default_rng(7)
    rows: list[dict[str, Any]] = []
    for number in range(1, ROWS + 1):
        topic = topic_of(number)
        row = {"text": " ".join(random.choice(TOPICS[topic], 4, replace=False)), "label": topic}
        if split:
            label = "refund" if is_wrong(number) else topic
            row |= {"split": "testing" if number % 4 == 0 else "training", "label": label}
        rows.append(row)
    return "\n".join(map(json.dumps, rows)).encode()


async def trainings(url: str) -> list[dict[str, Any]]:
    async with httpx2.AsyncClient(base_url=url, headers={"X-API-KEY": KEY}) as client:
        found: list[dict[str, Any]] = (await client.get("/trainings")).json()["items"]
        return found


async def test_fixed_labels_are_shown_to_gain(
    intent_url: str, client: httpx2.AsyncClient, imported: Imported, finished: Finished
) -> None:
    address, _ = await imported(client, content(split=True))
    assert (await client.post(f"{address}/proofs", json={})).status_code == 409
    rows = [{"number": number, "version": 1} for number in range(1, ROWS + 1) if is_wrong(number)]
    decision = {"action": "relabel", "label": "card", "author": "Mai", "rows": rows}
    assert (await client.post(f"{address}/decisions", json=decision)).status_code == 201
    begun = await client.post(f"{address}/proofs", json={"from": 1, "author": "Mai", "seed": 3})
    assert begun.status_code == 202, begun.text
    assert (await client.post(f"{address}/proofs", json={})).status_code == 409
    job = await finished(client, begun.json()["id"])
    assert (job["status"], job["error"]) == ("succeeded", None)
    proof = (await client.get(f"{address}/proofs/{job['id']}")).json()
    assert job["result"] == {"proof": proof["id"]}
    assert (proof["from"], proof["to"], proof["author"], proof["seed"]) == (1, 2, "Mai", 3)
    assert (proof["holdout"], proof["test_rows"]) == ("split", 90)
    comparison = proof["comparison"]
    assert comparison["cleaned"]["accuracy_after"]["value"] > 0.9
    assert comparison["cleaned"]["accuracy_difference"]["interval"]["low"] > 0
    assert comparison["given"]["better"] == comparison["cleaned"]["better"] == proof["verdict"] == "after"
    assert comparison["changed"] == 6
    assert comparison["warnings"][0].startswith("6 rows of 90 for testing changed")
    assert proof["classes"][0]["label"] == "card"
    assert proof["classes"][0]["accuracy_after"] > proof["classes"][0]["accuracy_before"] + 0.3
    assert proof["summary"].startswith("What changed from version 1 to 2 made the model better.")
    assert proof["before"]["model"] != proof["after"]["model"]
    assert proof["after"]["left_out"] + proof["after"]["training_rows"] == ROWS * 3 // 4
    assert {each["seed"] for each in (await trainings(intent_url))[:2]} == {3}
    assert (await client.get(f"{address}/proofs")).json()["items"] == [proof]
    assert KEY not in json.dumps(proof)


async def test_a_worker_that_is_killed_in_every_step_trains_nothing_twice(
    intent_url: str, settings: Settings, database: Database, imported: Imported
) -> None:
    async with client_of(create_app(settings)) as client:
        address, _ = await imported(client, content(split=False))
        merge = {"action": "merge", "labels": ["card", "limit"], "label": "plastic", "author": "Mai", "at_version": 1}
        assert (await client.post(f"{address}/decisions", json=merge)).json()["changed"] == ROWS * 2 // 3
    known = len(await trainings(intent_url))
    project = UUID(address.removeprefix("/projects/"))
    job_id = await begin(database, project)
    seen: list[dict[str, Any]] = []

    async def dying(job: Job) -> Step | None:
        step = await Prover(database, settings)(job)
        if job.position in seen:
            return step
        seen.append(job.position)
        raise RetryLaterError("The worker dies before the step is stored.")

    await run(database, job_id, dying)
    assert len(await trainings(intent_url)) == known + 2
    async with database.session() as session:
        proof, job = await proofs.get(session, project, job_id)
    assert (job.status, job.error) == ("succeeded", None)
    assert (proof.holdout, proof.result is not None) == ("hash", True)
    assert proof.before is not None
    assert proof.before["training_rows"] + proof.before["left_out"] + proof.test_rows == ROWS
    assert proof.result is not None
    assert ROWS // 10 < proof.test_rows < ROWS // 3
    for labels in ("given", "cleaned"):
        judged = proof.result["comparison"][labels]
        assert min(judged["accuracy_before"]["value"], judged["accuracy_after"]["value"]) > 0.95
    assert proof.result["comparison"]["changed"] == 0
    assert {moved["label"] for moved in proof.result["classes"]} <= {"plastic", "refund"}


async def test_a_proof_that_is_cancelled_ends_its_training(
    intent_url: str, client: httpx2.AsyncClient, imported: Imported, finished: Finished
) -> None:
    address, _ = await imported(client, content(split=True))
    rows = [{"number": number, "version": 1} for number in range(1, ROWS + 1) if is_wrong(number)]
    await client.post(f"{address}/decisions", json={"action": "drop", "author": "Mai", "rows": rows})
    known = {each["id"] for each in await trainings(intent_url)}
    job = (await client.post(f"{address}/proofs", json={})).json()
    await until(lambda: new_status(intent_url, known), {"queued", "running"})
    await client.post(f"/jobs/{job['id']}/cancel")
    await until(lambda: new_status(intent_url, known), {"cancelled"})
    assert (await finished(client, job["id"]))["status"] == "cancelled"
    proof = (await client.get(f"{address}/proofs/{job['id']}")).json()
    assert (proof["status"], proof["comparison"], proof["before"]["model"]) == ("cancelled", None, None)


async def test_where_trainings_are_off_the_job_says_what_to_do(
    settings: Settings, imported: Imported, finished: Finished
) -> None:
    pytest.importorskip("intent")
    with server_process("intent", "INTENT_", {"INTENT_TRAININGS": "false"}) as (_, url):
        beside = Settings(**{**settings.model_dump(), "intent_url": url})
        async with client_of(create_app(beside)) as client:
            address, _ = await imported(client, content(split=True))
            drop = {"action": "drop", "author": "Mai", "rows": [{"number": 1, "version": 1}]}
            await client.post(f"{address}/decisions", json=drop)
            job = await finished(client, (await client.post(f"{address}/proofs", json={})).json()["id"])
    assert job["status"] == "failed"
    assert "set INTENT_TRAININGS=true" in job["error"]


async def test_what_cannot_be_compared_is_refused(client: httpx2.AsyncClient, imported: Imported) -> None:
    address, _ = await imported(client, content(split=True))
    for decision in (
        {"action": "drop", "rows": [{"number": 1, "version": 1}]},
        {"action": "keep", "rows": [{"number": 2, "version": 1}]},
        {"action": "drop", "filter": "split = training", "at_version": 3},
    ):
        await client.post(f"{address}/decisions", json={**decision, "author": "Mai"})
    refused: list[tuple[dict[str, Any], int, str]] = [
        ({"from": 1, "to": 1}, 409, "Between versions 1 and 1 no label differs"),
        ({"from": 2, "to": 3}, 409, "Between versions 2 and 3 no label differs"),
        ({"from": 3, "to": 1}, 422, "Version 3 is newer than 1"),
        ({"to": 9}, 404, "The project has no version 9"),
        ({"from": 1, "to": 4}, 409, "Version 4 has 0 rows of 0 classes to train on"),
        ({"encoder": "/etc/passwd"}, 422, "encoder"),
        ({"seed": -1}, 422, "seed"),
    ]
    for body, status, said in refused:
        answer = await client.post(f"{address}/proofs", json=body)
        assert (answer.status_code, said in answer.text) == (status, True), answer.text


async def test_a_project_without_rows_or_proofs_has_none(client: httpx2.AsyncClient) -> None:
    address = f"/projects/{(await client.post('/projects', json={'name': 'Empty'})).json()['id']}"
    assert (await client.post(f"{address}/proofs", json={})).status_code == 409
    assert (await client.get(f"{address}/proofs")).json() == {"items": [], "next_cursor": None}
    assert (await client.get(f"{address}/proofs/{address[10:]}")).status_code == 404


async def new_status(url: str, known: set[str]) -> str | None:
    """Return the status of the training that is not known yet."""
    return next((each["status"] for each in await trainings(url) if each["id"] not in known), None)


async def until(asked: Callable[[], Awaitable[str | None]], wanted: set[str]) -> None:
    """Wait until what is asked for is wanted."""
    async with asyncio.timeout(30):
        while True:
            if await asked() in wanted:
                return
            await asyncio.sleep(0.05)


async def begin(database: Database, project: UUID) -> UUID:
    """Queue a proof of all that was decided."""
    async with database.session() as session:
        return (await proofs.create(session, project, proofs.Wanted())).id


async def run(database: Database, job_id: UUID, steps: jobs.Steps) -> None:
    """Go on with the job until it is over, as workers do, one after another."""
    is_over = False
    while not is_over:
        try:
            await jobs.run(database, job_id, steps, asyncio.Event())
            is_over = True
        except RetryLaterError as error:
            await asyncio.sleep(min(error.seconds, 1))
