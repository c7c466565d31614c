"""Snapshots: the same bytes for ever, under their hash, whatever becomes of what they were made of."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text

from catalog.exports import FORMATS
from shared.database import Database

NOBODY = "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1"

Freeze = Callable[[], Coroutine[Any, Any, dict[str, Any]]]


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


async def test_the_difference_of_two(
    client: httpx2.AsyncClient, freeze: Freeze, images: list[str], dataset: str
) -> None:
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
