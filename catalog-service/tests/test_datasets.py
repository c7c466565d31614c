"""Datasets: filled and emptied by ids and by filters, counted, and what happens when two do so at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import text

from shared.database import Database

NOBODY = "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1"


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
