"""Snapshots: the same bytes for ever, under their hash, whatever becomes of what they were made of."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text

from catalog import freezing, snapshots
from catalog.exports import FORMATS
from catalog.main import create_app
from catalog.settings import Settings
from shared import jobs
from shared.database import Database
from shared.jobs import Step
from shared.jobs.queue import RetryLaterError
from shared.jobs.tables import Job
from shared.refusals import ServiceUnavailableError
from shared.testing import client_of

NOBODY = "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1"

IN_BACKGROUND = {"prefer": "respond-async"}

Freeze = Callable[[], Coroutine[Any, Any, dict[str, Any]]]
Finished = Callable[..., Awaitable[dict[str, Any]]]
Worker = Callable[[], AbstractAsyncContextManager[httpx2.AsyncClient]]


@pytest.fixture
async def schema(client: httpx2.AsyncClient) -> str:
    new = {"name": "Animals", "tags": ["Cat", "Dog", "Bird"]}
    return str((await client.post("/label-schemas", json=new)).json()["id"])


@pytest.fixture
async def images(client: httpx2.AsyncClient, photo: Callable[..., bytes], schema: str) -> list[str]:
    """One uploaded and labeled under the schema, one tagged, one never labeled."""
    uploaded = await client.post("/images/upload", files={"file": ("0.jpg", photo(0))})
    ids = [uploaded.json()["id"], *[await registered(client, number) for number in (1, 2)]]
    said = {"tags": ["Cat"], "label_schema": schema, "author": "mai"}
    await client.post(f"/images/{ids[0]}/labelings", json=said)
    await client.post(f"/images/{ids[1]}/tags", json={"tag": "Dog"})
    return ids


@pytest.fixture
async def dataset(client: httpx2.AsyncClient, images: list[str]) -> str:
    dataset = (await client.post("/datasets", json={"name": "Garden"})).json()["id"]
    await client.post(f"/datasets/{dataset}/images", json={"images": images})
    return str(dataset)


@pytest.fixture
def freeze(client: httpx2.AsyncClient, dataset: str) -> Freeze:
    async def freeze() -> dict[str, Any]:
        answer = await client.post(f"/datasets/{dataset}/snapshots", json={})
        return {**answer.json(), "status": answer.status_code}

    return freeze


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Of a catalog that runs no jobs; they are run as soon as there is a `worker`."""
    return settings.model_copy(update={"run_jobs": False})


@pytest.fixture
def worker(settings: Settings) -> Worker:
    return lambda: client_of(create_app(settings.model_copy(update={"run_jobs": True})))


@pytest.fixture
async def taken(client: httpx2.AsyncClient, database: Database, dataset: str) -> str:
    """The job that freezes the dataset, and has taken its images, but not hashed them."""
    job_id = (await client.post(f"/datasets/{dataset}/snapshots", json={}, headers=IN_BACKGROUND)).json()["id"]

    async def first(job: Job) -> Step | None:
        if job.position:
            raise ServiceUnavailableError("Later.")
        return await freezing.next_step(database, job)

    with suppress(RetryLaterError):
        await jobs.run(database, UUID(job_id), first, asyncio.Event())
    return str(job_id)


async def rows(database: Database, table: str) -> list[Any]:
    async with database.session() as session:
        return list((await session.execute(text(f"SELECT * FROM {table}"))).all())  # noqa: S608 ours


async def registered(client: httpx2.AsyncClient, number: int) -> str:
    new = {"name": f"{number}.jpg", "url": f"https://a.example/{number}", "type": "image/jpeg"}
    return str((await client.post("/images", json=new)).json()["id"])


async def exports(client: httpx2.AsyncClient, snapshot: str) -> dict[str, bytes]:
    """Return the snapshot's export in every format."""
    answers = {name: await client.get(f"/snapshots/{snapshot}/export", params={"format": name}) for name in FORMATS}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {name: answer.content for name, answer in answers.items()}


async def change_everything(client: httpx2.AsyncClient, images: list[str], dataset: str, schema: str) -> None:
    """Rename, merge and relabel all that a snapshot of the dataset is made of."""
    tags = {tag["name"]: tag["id"] for tag in (await client.get("/tags")).json()["items"]}
    other = (await client.post("/tags", json={"name": "Feline"})).json()["id"]
    answers = [
        await client.patch(f"/tags/{tags['Dog']}", json={"name": "Hound"}),
        await client.post(f"/tags/{tags['Cat']}/merge", json={"into": other}),
        await client.patch(f"/images/{images[0]}", json={"name": "renamed.jpg"}),
        await client.patch(f"/datasets/{dataset}", json={"name": "Renamed"}),
        await client.patch(f"/label-schemas/{schema}", json={"name": "Renamed"}),
        await client.post(f"/label-schemas/{schema}/versions", json={"tags": ["Cow"]}),
        *[await client.post(f"/images/{image}/labelings", json={"tags": ["Cow"]}) for image in images],
        await client.delete(f"/datasets/{dataset}/images/{images[1]}"),
    ]
    assert {answer.status_code for answer in answers} <= {200, 201, 204}


async def test_its_hash_is_that_of_its_export(client: httpx2.AsyncClient, freeze: Freeze, images: list[str]) -> None:
    snapshot = await freeze()
    content = (await exports(client, snapshot["id"]))["ndjson"]
    assert hashlib.sha256(content).hexdigest() == snapshot["content_hash"]
    rows = [json.loads(line) for line in content.splitlines()]
    assert [row["id"] for row in rows] == images
    assert [(row["present"], row["absent"], row["labeling"]) for row in rows] == [
        (["Cat"], ["Bird", "Dog"], 1),
        (["Dog"], [], 1),
        ([], [], None),
    ]
    assert (rows[0]["schema"], rows[0]["schema_version"], rows[0]["author"]) == ("Animals", 1, "mai")
    assert snapshot["images"] == 3


async def test_nothing_that_happens_later_changes_an_export(
    client: httpx2.AsyncClient, freeze: Freeze, images: list[str], dataset: str, schema: str
) -> None:
    snapshot = await freeze()
    before = await exports(client, snapshot["id"])
    await change_everything(client, images, dataset, schema)
    assert await exports(client, snapshot["id"]) == before
    assert (await freeze())["content_hash"] != snapshot["content_hash"]


async def test_its_categories_are_its_tags_alone(client: httpx2.AsyncClient, freeze: Freeze) -> None:
    await client.post("/tags", json={"name": "Unused"})
    document = json.loads((await exports(client, (await freeze())["id"]))["coco"])
    assert [category["name"] for category in document["categories"]] == ["Bird", "Cat", "Dog"]


async def test_the_same_content_is_the_same_snapshot(
    client: httpx2.AsyncClient, freeze: Freeze, dataset: str, images: list[str]
) -> None:
    first = await freeze()
    again = await freeze()
    assert (first["status"], again["status"], again["id"]) == (201, 200, first["id"])
    await client.patch(f"/images/{images[0]}", json={"name": "renamed.jpg"})
    renamed = await freeze()
    assert renamed["status"] == 201
    await client.patch(f"/images/{images[0]}", json={"name": "0.jpg"})
    assert (await freeze())["id"] == first["id"]
    listed = (await client.get(f"/datasets/{dataset}/snapshots")).json()["items"]
    assert [each["id"] for each in listed] == [renamed["id"], first["id"]]


async def test_who_freeze_the_same_at_once_get_one_snapshot(freeze: Freeze) -> None:
    answers = await asyncio.gather(*(freeze() for _ in range(8)))
    assert sorted(each["status"] for each in answers) == [200] * 7 + [201]
    assert len({each["id"] for each in answers}) == 1


async def test_a_job_freezes_a_large_dataset(
    client: httpx2.AsyncClient,
    worker: Worker,
    dataset: str,
    freeze: Freeze,
    finished: Finished,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = f"/datasets/{dataset}/snapshots"
    monkeypatch.setattr(freezing, "AT_ONCE", 2)
    monkeypatch.setattr(freezing, "PART", 1)
    answer = await client.post(path, json={"comment": "Large"})
    job = answer.json()
    assert (answer.status_code, job["kind"], job["total"], job["result"]) == (202, "snapshot", 3, None)
    assert urljoin(path, answer.headers["location"]) == f"/jobs/{job['id']}"
    assert "preference-applied" not in answer.headers
    async with worker():
        job = await finished(client, job["id"])
    assert (job["status"], job["done"], job["failed"], job["progress"]) == ("succeeded", 3, 0, 1)
    snapshot = (await client.get(f"/snapshots/{job['result']['snapshot']}")).json()
    assert (snapshot["images"], snapshot["comment"]) == (3, "Large")
    content = (await exports(client, snapshot["id"]))["ndjson"]
    assert hashlib.sha256(content).hexdigest() == snapshot["content_hash"]
    monkeypatch.setattr(freezing, "AT_ONCE", 3)
    assert await freeze() == {**snapshot, "status": 200}


@pytest.mark.parametrize(
    ("preferences", "status"),
    [
        ([], 201),
        (["respond-async"], 202),
        (["wait=10", 'handling=lenient, Respond-Async ; foo="bar"'], 202),
        (["respond-asynchronously, wait=10"], 201),
        (['foo="bar, respond-async"'], 201),
        (['respond-async, foo="bar'], 202),
        (['foo="' + '\\"' * 20_000 + ", respond-async"], 201),
    ],
)
async def test_who_prefers_it_gets_a_job(
    client: httpx2.AsyncClient, dataset: str, preferences: list[str], status: int
) -> None:
    headers = [("prefer", each) for each in preferences]
    answer = await client.post(f"/datasets/{dataset}/snapshots", json={}, headers=headers)
    assert (answer.status_code, answer.headers.get("preference-applied")) == (
        (202, "respond-async") if status == 202 else (status, None)
    )


async def test_who_freeze_the_same_at_once_both_ways_get_one_snapshot(
    client: httpx2.AsyncClient,
    worker: Worker,
    dataset: str,
    freeze: Freeze,
    finished: Finished,
    database: Database,
) -> None:
    path = f"/datasets/{dataset}/snapshots"
    async with worker():
        queued = await asyncio.gather(*(client.post(path, json={}, headers=IN_BACKGROUND) for _ in range(4)))
        ids = {each["id"] for each in await asyncio.gather(*(freeze() for _ in range(4)))}
        ids |= {(await finished(client, each.json()["id"]))["result"]["snapshot"] for each in queued}
    assert len(ids) == 1
    assert (len(await rows(database, "snapshots")), len(await rows(database, "snapshot_images"))) == (1, 3)


async def test_a_job_freezes_the_moment_at_which_it_begins(
    client: httpx2.AsyncClient,
    worker: Worker,
    taken: str,
    images: list[str],
    dataset: str,
    schema: str,
    finished: Finished,
) -> None:
    other = (await client.post("/datasets", json={"name": "Same"})).json()["id"]
    await client.post(f"/datasets/{other}/images", json={"images": images})
    before = (await client.post(f"/datasets/{other}/snapshots", json={})).json()
    await change_everything(client, images, dataset, schema)
    async with worker():
        snapshot = (await finished(client, taken))["result"]["snapshot"]
        assert (await client.get(f"/snapshots/{snapshot}")).json()["content_hash"] == before["content_hash"]
        assert await exports(client, snapshot) == await exports(client, before["id"])


async def test_without_its_hash_it_is_not_there(
    client: httpx2.AsyncClient, taken: str, dataset: str, database: Database
) -> None:
    ((snapshot, *_),) = await rows(database, "snapshots")
    path = f"/snapshots/{snapshot}"
    paths = (
        path,
        f"{path}/images",
        f"{path}/export",
        f"{path}/diff?to={snapshot}",
        f"{path}/diff/counts?to={snapshot}",
    )
    answers = [*[await client.get(path) for path in paths], await client.delete(path)]
    assert {(answer.status_code, answer.json()["detail"]) for answer in answers} == {
        (404, f"No snapshot has the id {snapshot}.")
    }
    assert (await client.get(f"/datasets/{dataset}/snapshots")).json()["items"] == []
    assert (await client.get(f"/jobs/{taken}")).json()["result"] is None


async def test_what_a_job_is_freezing_cannot_be_deleted(
    client: httpx2.AsyncClient, taken: str, images: list[str]
) -> None:
    held = await client.delete(f"/images/{images[0]}")
    assert (held.status_code, held.json()["detail"]) == (
        409,
        "A job is making a snapshot with the image: cancel it, or wait and delete the snapshot.",
    )
    assert (await client.get(f"/jobs/{taken}")).json()["status"] == "running"


async def test_a_cancelled_job_leaves_nothing(
    client: httpx2.AsyncClient, worker: Worker, taken: str, database: Database
) -> None:
    assert (await client.post(f"/jobs/{taken}/cancel")).json()["status"] == "cancelled"
    async with worker(), asyncio.timeout(20):
        while await rows(database, "snapshots"):  # noqa: ASYNC110 it happens in the database
            await asyncio.sleep(0.05)
    assert await rows(database, "snapshot_images") == []


async def test_a_job_that_is_cancelled_while_it_hashes_stops(
    client: httpx2.AsyncClient, taken: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freezing, "PART", 1)
    said: list[int] = []
    report = jobs.report

    async def reported(session: Any, job: Job, done: int) -> bool:
        said.append(done)
        if done == 2:
            await client.post(f"/jobs/{taken}/cancel")
        return await report(session, job, done)

    monkeypatch.setattr(jobs, "report", reported)
    await jobs.run(database, UUID(taken), partial(freezing.next_step, database), asyncio.Event())
    job = (await client.get(f"/jobs/{taken}")).json()
    assert (said, job["status"], job["done"], job["total"], job["result"]) == ([1, 2], "cancelled", 1, 3, None)


async def test_a_dataset_can_be_deleted_while_a_job_freezes_it(
    client: httpx2.AsyncClient, worker: Worker, taken: str, dataset: str, finished: Finished
) -> None:
    assert (await client.delete(f"/datasets/{dataset}")).status_code == 204
    async with worker():
        job = await finished(client, taken)
    assert (job["status"], job["error"]) == ("failed", f"No dataset has the id {dataset}.")


async def test_an_image_that_is_deleted_meanwhile_is_not_in_it(
    freeze: Freeze, images: list[str], database: Database
) -> None:
    async with database.session() as session:
        await session.execute(text("DELETE FROM images WHERE id = :id"), {"id": UUID(images[1])})
        freezing = asyncio.create_task(freeze())
        await asyncio.sleep(0.5)
        assert not freezing.done()
    snapshot = await freezing
    assert (snapshot["status"], snapshot["images"]) == (201, 2)


async def test_what_a_snapshot_holds_cannot_be_deleted(
    client: httpx2.AsyncClient, freeze: Freeze, images: list[str], dataset: str
) -> None:
    snapshot = (await freeze())["id"]
    await client.delete(f"/datasets/{dataset}/images/{images[0]}")
    held = [await client.delete(f"/images/{images[0]}"), await client.delete(f"/datasets/{dataset}")]
    assert [answer.status_code for answer in held] == [409, 409]
    assert "1 snapshot(s), which never change: delete these first" in held[0].json()["detail"]
    assert (await client.delete(f"/snapshots/{snapshot}")).status_code == 204
    freed = [await client.delete(f"/images/{images[0]}"), await client.delete(f"/datasets/{dataset}")]
    assert [answer.status_code for answer in freed] == [204, 204]


@pytest.mark.parametrize("compared", [1, 2, snapshots.COMPARED])
async def test_the_difference_of_two(
    client: httpx2.AsyncClient,
    freeze: Freeze,
    images: list[str],
    dataset: str,
    compared: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(snapshots, "COMPARED", compared)
    older = (await freeze())["id"]
    new = await registered(client, 3)
    await client.delete(f"/datasets/{dataset}/images/{images[0]}")
    await client.post(f"/images/{images[1]}/tags", json={"tag": "Cat"})
    await client.patch(f"/images/{images[2]}", json={"name": "renamed.jpg"})
    await client.put(f"/datasets/{dataset}/images/{new}")
    newer = (await freeze())["id"]
    path = f"/snapshots/{older}/diff"
    counts = (await client.get(f"{path}/counts", params={"to": newer})).json()
    assert counts == {"added": 1, "removed": 1, "relabeled": 1}
    found, cursor = [], ""
    while cursor is not None:
        page = (
            await client.get(path, params={"to": newer, "limit": 1, **({"cursor": cursor} if cursor else {})})
        ).json()
        found += page["items"]
        cursor = page["next_cursor"]
    assert [(each["image"]["id"], each["change"], each["from_labeling"], each["to_labeling"]) for each in found] == [
        (images[0], "removed", 1, None),
        (images[1], "relabeled", 1, 2),
        (new, "added", None, 0),
    ]
    assert (await client.get(path, params={"to": older})).json()["items"] == []


async def test_its_images_are_listed_as_they_were(
    client: httpx2.AsyncClient, freeze: Freeze, images: list[str]
) -> None:
    snapshot = (await freeze())["id"]
    await client.patch(f"/images/{images[1]}", json={"name": "renamed.jpg"})
    page = (await client.get(f"/snapshots/{snapshot}/images", params={"limit": 2})).json()
    rest = (await client.get(f"/snapshots/{snapshot}/images", params={"cursor": page["next_cursor"]})).json()
    assert [(each["image"], each["name"], each["labeling"]) for each in [*page["items"], *rest["items"]]] == [
        (images[0], "0.jpg", 1),
        (images[1], "1.jpg", 1),
        (images[2], "2.jpg", 0),
    ]


async def test_an_empty_dataset_has_a_snapshot_too(client: httpx2.AsyncClient) -> None:
    dataset = (await client.post("/datasets", json={"name": "Empty"})).json()["id"]
    snapshot = (await client.post(f"/datasets/{dataset}/snapshots", json={"comment": "Nothing yet"})).json()
    assert snapshot["content_hash"] == hashlib.sha256(b"").hexdigest()
    assert (snapshot["images"], snapshot["comment"]) == (0, "Nothing yet")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"/datasets/{NOBODY}/snapshots"),
        ("GET", f"/datasets/{NOBODY}/snapshots"),
        ("GET", f"/snapshots/{NOBODY}"),
        ("DELETE", f"/snapshots/{NOBODY}"),
        ("GET", f"/snapshots/{NOBODY}/images"),
        ("GET", f"/snapshots/{NOBODY}/export"),
        ("GET", f"/snapshots/{NOBODY}/diff?to={NOBODY}"),
        ("GET", f"/snapshots/{NOBODY}/diff/counts?to={NOBODY}"),
    ],
)
async def test_what_is_not_there_is_not_found(client: httpx2.AsyncClient, method: str, path: str) -> None:
    answer = await client.request(method, path, json={} if method == "POST" else None)
    assert (answer.status_code, answer.json()["status"]) == (404, 404)
