"""Datasets: filled and emptied by ids and by filters, counted, and what happens when two do so at once."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from urllib.parse import urljoin
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import text

from catalog import moving
from catalog.main import create_app
from catalog.settings import Settings
from shared.database import Database
from shared.testing import client_of

NOBODY = "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1"

Worker = Callable[[], AbstractAsyncContextManager[httpx2.AsyncClient]]


@pytest.fixture
async def dataset(client: httpx2.AsyncClient) -> str:
    return str((await client.post("/datasets", json={"name": "Garden"})).json()["id"])


@pytest.fixture
async def images_of(client: httpx2.AsyncClient) -> list[str]:
    """Six images, of which the first three are tagged `Cat`."""
    ids = [await registered(client, number) for number in range(6)]
    for image in ids[:3]:
        await client.post(f"/images/{image}/tags", json={"tag": "Cat"})
    return ids


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Of a catalog that runs no jobs; they are run as soon as there is a `worker`."""
    return settings.model_copy(update={"run_jobs": False})


@pytest.fixture
def worker(settings: Settings) -> Worker:
    return lambda: client_of(create_app(settings.model_copy(update={"run_jobs": True})))


@pytest.fixture
def by_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a filter move two images at a time."""
    monkeypatch.setattr(moving, "STEP_IMAGES", 2)


async def registered(client: httpx2.AsyncClient, number: int) -> str:
    new = {"name": f"{number}.jpg", "url": f"https://a.example/{number}", "type": "image/jpeg"}
    return str((await client.post("/images", json=new)).json()["id"])


async def size(client: httpx2.AsyncClient, dataset: str) -> int:
    """Return how many images the dataset has, by its counter and by its list."""
    counted: int = (await client.get(f"/datasets/{dataset}")).json()["images"]
    assert len((await client.get(f"/datasets/{dataset}/images")).json()["items"]) == counted
    return counted


async def test_a_name_is_taken_in_any_case(client: httpx2.AsyncClient, dataset: str) -> None:
    taken = await client.post("/datasets", json={"name": " GARDEN"})
    assert (taken.status_code, taken.json()["detail"]) == (409, "A dataset is called GARDEN already.")
    other = (await client.post("/datasets", json={"name": "House"})).json()["id"]
    assert (await client.patch(f"/datasets/{other}", json={"name": "garden"})).status_code == 409
    same = await client.patch(f"/datasets/{dataset}", json={"name": "garden", "description": "Birds"})
    assert (same.json()["name"], same.json()["description"]) == ("garden", "Birds")
    assert [each["name"] for each in (await client.get("/datasets")).json()["items"]] == ["garden", "House"]


async def test_images_are_added_and_removed_one_by_one(
    client: httpx2.AsyncClient, dataset: str, images_of: list[str]
) -> None:
    path = f"/datasets/{dataset}/images"
    for _ in range(2):
        assert (await client.put(f"{path}/{images_of[0]}")).status_code == 204
    added = await client.post(path, json={"images": [*images_of[:3], images_of[0]]})
    assert added.json() == {"changed": 2}
    assert await size(client, dataset) == 3
    assert (await client.delete(f"{path}/{images_of[0]}")).status_code == 204
    removed = await client.post(f"{path}/remove", json={"images": [*images_of, NOBODY]})
    assert removed.json() == {"changed": 2}
    assert await size(client, dataset) == 0


async def test_images_are_added_and_removed_by_filter(
    client: httpx2.AsyncClient, dataset: str, images_of: list[str]
) -> None:
    path = f"/datasets/{dataset}/images"
    await client.put(f"{path}/{images_of[0]}")
    assert (await client.post(path, json={"filter": {"tag": ["cat"]}})).json() == {"changed": 2}
    assert (await client.post(path, json={"filter": {}})).json() == {"changed": 3}
    assert await size(client, dataset) == 6
    found = {"filter": {"dataset": dataset, "unknown": ["Cat"]}}
    assert (await client.post(f"{path}/remove", json=found)).json() == {"changed": 3}
    assert [each["id"] for each in (await client.get(path)).json()["items"]] == images_of[:3]
    assert await size(client, dataset) == 3
    assert (await client.post(path, json={"filter": {"dataset": NOBODY}})).status_code == 404


@pytest.mark.usefixtures("by_two")
async def test_a_job_goes_on_with_what_a_filter_finds_beyond_the_first(
    client: httpx2.AsyncClient, worker: Worker, dataset: str, images_of: list[str], finished: Callable[..., Any]
) -> None:
    path = f"/datasets/{dataset}/images"
    await client.put(f"{path}/{images_of[5]}")
    added = await client.post(path, json={"filter": {}})
    job = added.json()
    assert (added.status_code, job["kind"], job["done"], job["result"]) == (202, "add_images", 2, {"changed": 2})
    assert urljoin(path, added.headers["location"]) == f"/jobs/{job['id']}"
    async with worker():
        job = await finished(client, job["id"])
    assert (job["status"], job["total"], job["done"], job["result"]) == ("succeeded", 6, 6, {"changed": 5})
    assert await size(client, dataset) == 6
    removed = await client.post(f"{path}/remove", json={"filter": {"dataset": dataset, "tag": ["cat"]}})
    assert (removed.status_code, removed.json()["kind"]) == (202, "remove_images")
    assert urljoin(f"{path}/remove", removed.headers["location"]) == f"/jobs/{removed.json()['id']}"
    async with worker():
        assert (await finished(client, removed.json()["id"]))["result"] == {"changed": 3}
    assert [each["id"] for each in (await client.get(path)).json()["items"]] == images_of[3:]
    assert await size(client, dataset) == 3


@pytest.mark.usefixtures("images_of")
@pytest.mark.parametrize(("at_once", "status"), [(2, 202), (3, 200)])
async def test_no_job_is_made_for_what_is_done(
    client: httpx2.AsyncClient,
    dataset: str,
    monkeypatch: pytest.MonkeyPatch,
    at_once: int,
    status: int,
) -> None:
    monkeypatch.setattr(moving, "STEP_IMAGES", at_once)
    added = await client.post(f"/datasets/{dataset}/images", json={"filter": {"tag": ["Cat"]}})
    assert added.status_code == status
    assert await size(client, dataset) == at_once
    assert len((await client.get("/jobs")).json()["items"]) == (status == 202)


@pytest.mark.usefixtures("by_two")
async def test_a_tag_stays_the_one_that_was_asked_for_while_the_job_goes_on(
    client: httpx2.AsyncClient, worker: Worker, dataset: str, images_of: list[str], finished: Callable[..., Any]
) -> None:
    path = f"/datasets/{dataset}/images"
    cow = (await client.post("/tags", json={"name": "Cow"})).json()["id"]
    job = (await client.post(path, json={"filter": {"tag": ["CAT"], "unknown": ["cow"], "type": "image/jpeg"}})).json()
    cat = (await client.get(f"/images/{images_of[0]}/labels")).json()["present"][0]["id"]
    await client.patch(f"/tags/{cat}", json={"name": "Feline"})
    await client.post(f"/images/{images_of[3]}/tags", json={"tag": "Cat"})
    lion = (await client.post("/tags", json={"name": "Lion"})).json()["id"]
    await client.post(f"/images/{images_of[4]}/tags", json={"tag": "Lion"})
    await client.post(f"/tags/{cat}/merge", json={"into": lion})
    await client.patch(f"/tags/{cow}", json={"name": "Cattle"})
    async with worker():
        assert (await finished(client, job["id"]))["status"] == "succeeded"
        found = [each["id"] for each in (await client.get(path)).json()["items"]]
    assert found == [*images_of[:3], images_of[4]]


@pytest.mark.usefixtures("by_two")
@pytest.mark.parametrize("which", ["filled", "asked"])
async def test_a_dataset_that_is_deleted_meanwhile_fails_the_job(
    client: httpx2.AsyncClient,
    worker: Worker,
    dataset: str,
    images_of: list[str],
    finished: Callable[..., Any],
    database_url: str,
    inconsistencies: Callable[..., Any],
    which: str,
) -> None:
    asked = (await client.post("/datasets", json={"name": "Other"})).json()["id"]
    await client.post(f"/datasets/{asked}/images", json={"images": images_of})
    job = (await client.post(f"/datasets/{dataset}/images", json={"filter": {"dataset": asked}})).json()
    deleted = dataset if which == "filled" else asked
    await client.delete(f"/datasets/{deleted}")
    async with worker():
        job = await finished(client, job["id"])
    assert (job["status"], job["error"]) == ("failed", f"No dataset has the id {deleted}.")
    assert await inconsistencies(database_url) == []


async def test_a_deleted_image_leaves_its_datasets(
    client: httpx2.AsyncClient, dataset: str, images_of: list[str]
) -> None:
    await client.post(f"/datasets/{dataset}/images", json={"filter": {}})
    await client.delete(f"/images/{images_of[0]}")
    assert await size(client, dataset) == 5


async def test_a_deleted_dataset_leaves_its_images(
    client: httpx2.AsyncClient,
    dataset: str,
    images_of: list[str],
    database_url: str,
    inconsistencies: Callable[..., Any],
) -> None:
    await client.post(f"/datasets/{dataset}/images", json={"filter": {}})
    assert (await client.delete(f"/datasets/{dataset}")).status_code == 204
    assert (await client.get(f"/datasets/{dataset}")).status_code == 404
    assert (await client.get(f"/images/{images_of[0]}")).status_code == 200
    assert await inconsistencies(database_url) == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", f"/datasets/{NOBODY}", None, 404),
        ("PATCH", f"/datasets/{NOBODY}", {"name": "x"}, 404),
        ("DELETE", f"/datasets/{NOBODY}", None, 404),
        ("GET", f"/datasets/{NOBODY}/images", None, 404),
        ("POST", f"/datasets/{NOBODY}/images", {"filter": {}}, 404),
        ("POST", f"/datasets/{NOBODY}/images/remove", {"filter": {}}, 404),
        ("DELETE", f"/datasets/{NOBODY}/images/{NOBODY}", None, 404),
        ("PUT", f"/datasets/{{}}/images/{NOBODY}", None, 404),
        ("POST", "/datasets/{}/images", {"images": [NOBODY]}, 404),
        ("POST", "/datasets/{}/images", {"filter": {"tag": ["Brid"]}}, 404),
        ("POST", "/datasets/{}/images", {"images": []}, 422),
        ("POST", "/datasets/{}/images", {"images": [str(uuid4()) for _ in range(1001)]}, 422),
        ("POST", "/datasets/{}/images", {"images": [NOBODY], "filter": {}}, 422),
        ("POST", "/datasets/{}/images", {}, 422),
        ("POST", "/datasets", {"name": "a\u0000"}, 422),
    ],
)
async def test_what_cannot_be_is_refused(
    client: httpx2.AsyncClient, dataset: str, method: str, path: str, body: object, status: int
) -> None:
    answer = await client.request(method, path.format(dataset), json=body)
    assert (answer.status_code, answer.json()["status"]) == (status, status)


async def test_all_who_add_at_once_are_counted(client: httpx2.AsyncClient, dataset: str, images_of: list[str]) -> None:
    path = f"/datasets/{dataset}/images"
    orders = [images_of, images_of[::-1], images_of[3:], images_of[:3]] * 3
    answers = await asyncio.gather(*(client.post(path, json={"images": order}) for order in orders))
    assert sum(answer.json()["changed"] for answer in answers) == 6
    assert await size(client, dataset) == 6


@pytest.mark.parametrize("by_filter", [False, True])
async def test_an_image_that_is_deleted_while_it_is_added(
    client: httpx2.AsyncClient, dataset: str, images_of: list[str], database: Database, by_filter: bool
) -> None:
    path, image = f"/datasets/{dataset}/images", images_of[0]
    async with database.session() as session:
        await session.execute(text("DELETE FROM images WHERE id = :id"), {"id": UUID(image)})
        body: dict[str, Any] = {"filter": {}} if by_filter else {"images": [image]}
        adding = asyncio.create_task(answered(client.post(path, json=body)))
        await asyncio.sleep(0.5)
        assert not adding.done()
    assert await adding == ((200, {"changed": 5}) if by_filter else (404, None))


async def answered(request: Awaitable[httpx2.Response]) -> tuple[int, Any]:
    answer = await request
    return answer.status_code, answer.json() if answer.status_code == 200 else None
