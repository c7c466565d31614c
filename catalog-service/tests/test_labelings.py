"""Labelings over HTTP: versions, their three states, who said so, and what changed."""

from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text

from catalog import annotations
from catalog.labelings import Provenance
from shared.database import Database

CREATE_TAGS = """
    INSERT INTO tags (id, name, key) SELECT gen_random_uuid(), 'tag ' || number, 'tag ' || number
    FROM generate_series(1, :count) AS number RETURNING id
"""
TAG_COUNT = 17_000
"""Twice as many are more than a statement may have parameters."""


@pytest.fixture
async def image(client: httpx2.AsyncClient) -> str:
    """The path of an image."""
    body = {"name": "dog.jpg", "url": "https://example.org/dog.jpg", "type": "image/jpeg"}
    return f"/images/{(await client.post('/images', json=body)).json()['id']}"


def names(tags: list[Any]) -> list[str]:
    return [tag["name"] for tag in tags]


async def test_labels_are_known_as_present_absent_or_unknown(client: httpx2.AsyncClient, image: str) -> None:
    body = {"name": "Animals", "tags": ["Cat", "Dog", "Bird"]}
    schema = (await client.post("/label-schemas", json=body)).json()
    await client.post("/tags", json={"name": "Tree"})
    said = {"tags": ["Dog", "Ball"], "absent": ["Car"], "label_schema": schema["id"], "author": "mai", "comment": "!"}
    answer = await client.post(f"{image}/labelings", json=said)
    labeling = answer.json()
    assert answer.headers["location"] == "labelings/1"
    assert (names(labeling["tags"]), names(labeling["absent"])) == (["Ball", "Dog"], ["Bird", "Car", "Cat"])
    assert labeling["label_schema"] == {"id": schema["id"], "name": "Animals", "version": 1}
    assert (labeling["author"], labeling["source"], labeling["comment"]) == ("mai", "human", "!")
    assert (await client.get(f"{image}/labelings/1")).json() == labeling
    labels = (await client.get(f"{image}/labels")).json()
    assert (names(labels["present"]), names(labels["absent"])) == (["Ball", "Dog"], ["Bird", "Car", "Cat"])
    assert (names(labels["unknown"]), labels["unknown_complete"], labels["labeling"]) == (["Tree"], True, 1)


async def test_a_restored_version_says_which_one_it_repeats(client: httpx2.AsyncClient, image: str) -> None:
    await client.post(f"{image}/labelings", json={"tags": ["Cat"], "absent": ["Dog"]})
    await client.post(f"{image}/labelings", json={"tags": []})
    restored = (await client.post(f"{image}/labelings/1/restore", json={"author": "mai"})).json()
    assert (restored["version"], restored["restored"], restored["author"]) == (3, 1, "mai")
    assert (names(restored["tags"]), names(restored["absent"])) == (["Cat"], ["Dog"])
    tagged = await client.post(f"{image}/tags", json={"tag": "Bird"})
    assert names(tagged.json()) == ["Bird", "Cat"]
    assert (await client.get(f"{image}/labelings/4")).json()["restored"] is None


async def test_what_changed_between_two_versions(client: httpx2.AsyncClient, image: str) -> None:
    await client.post(f"{image}/labelings", json={"tags": ["Cat", "Tree"], "absent": ["Dog"]})
    await client.post(f"{image}/labelings", json={"tags": ["Dog", "Tree"], "absent": ["Cat"]})
    await client.post(f"{image}/labelings", json={"tags": ["Tree"]})

    async def diff(older: int, newer: int) -> list[list[str]]:
        found = (await client.get(f"{image}/labelings/diff?from={older}&to={newer}")).json()
        return [names(found[f"became_{state}"]) for state in ("present", "absent", "unknown")]

    assert await diff(0, 1) == [["Cat", "Tree"], ["Dog"], []]
    assert await diff(1, 2) == [["Dog"], ["Cat"], []]
    assert await diff(2, 3) == [[], [], ["Cat", "Dog"]]
    assert await diff(3, 1) == [["Cat"], ["Dog"], []]
    assert await diff(1, 1) == [[], [], []]


async def test_the_history_is_paged_from_the_latest(client: httpx2.AsyncClient, image: str) -> None:
    for number in range(5):
        await client.post(f"{image}/tags", json={"tag": str(number)})
    address, versions = f"{image}/labelings?limit=2", []
    while address:
        answer = await client.get(address)
        versions += [labeling["version"] for labeling in answer.json()["items"]]
        address = f"{image}/labelings{answer.headers['link'][1:].partition('>')[0]}" if "link" in answer.headers else ""
    assert versions == [5, 4, 3, 2, 1]


async def test_nothing_new_makes_no_version(client: httpx2.AsyncClient, image: str) -> None:
    image_id = image.rpartition("/")[2]
    await client.post(f"{image}/labelings", json={"tags": ["Cat"], "absent": ["Dog"]})
    await client.post(f"{image}/tags", json={"tag": "CAT"})
    await client.post("/tags", json={"name": "Hound"})
    dog, hound = [tag["id"] for tag in (await client.get("/tags")).json()["items"]][1:]
    await client.delete(f"{image}/tags/{dog}")
    await client.post(f"/tags/{dog}/merge", json={"into": hound})
    body = {"images": [image_id], "present": ["cat"], "absent": ["dog", "hound"]}
    assert (await client.post("/labelings", json=body)).json() == {"changed": 0, "unchanged": 1, "contradicting": []}
    contrary = {"images": [image_id], "present": ["Bird"], "absent": ["cat"]}
    assert (await client.post("/labelings", json=contrary)).json()["contradicting"] == [image_id]
    assert (await client.get(image)).json()["labeling"] == 1


async def test_an_image_can_have_more_tags_than_a_statement_has_parameters(
    client: httpx2.AsyncClient, image: str, database: Database
) -> None:
    image_id = UUID(image.rpartition("/")[2])
    async with database.session() as session:
        tag_ids = list((await session.execute(text(CREATE_TAGS), {"count": 2 * TAG_COUNT})).scalars())
        present, absent = tag_ids[:TAG_COUNT], tag_ids[TAG_COUNT:]
        await annotations.annotate(session, [image_id], present, absent, None, Provenance())
    labels = (await client.get(f"{image}/labels")).json()
    assert len(labels["present"]) == len(labels["absent"]) == TAG_COUNT
    assert (await client.delete(image)).status_code == 204
