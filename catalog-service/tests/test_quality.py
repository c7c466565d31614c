"""How far people agree, by a table worked out by hand, and near-duplicates, against comparing every pair."""

import asyncio
from collections.abc import Callable, Iterable
from io import BytesIO
from itertools import combinations
from typing import Any
from uuid import UUID

import httpx2
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import text

from catalog import duplicates
from catalog.duplicates import FLAT, MAX_DISTANCE, MAX_GROUP_DISTANCE
from catalog.images import signed
from catalog.main import MAX_ANALYSES
from catalog.tables import Image as ImageRow
from shared.database import Database
from shared.refusals import InvalidRequestError

NOBODY = "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1"
GARDEN = UUID(int=1)
MAI, IDA = "mai", "ida"

PROPERTY = hypothesis_settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
BITS = st.integers(0, 63)


@st.composite
def hashes(draw: st.DrawFn) -> list[int]:
    """Draw hashes of which many are near each other, some so near to flat that they are next to no picture."""
    centres = draw(st.lists(st.integers(0, 2**64 - 1) | st.sampled_from([0, 1 << 63]), min_size=1, max_size=3))
    near = st.builds(
        lambda centre, flipped: centre ^ sum(1 << bit for bit in flipped),
        st.sampled_from(centres),
        st.sets(BITS, max_size=14),
    )
    return [signed(each) for each in draw(st.lists(near, min_size=1, max_size=25))]


def distance(one: int, other: int) -> int:
    return ((one ^ other) % 2**64).bit_count()


async def fill(database: Database, found: Iterable[int]) -> list[UUID]:
    """Let the catalog have a dataset of images with these hashes, and nothing else; return their ids."""
    rows = [{"id": UUID(int=number), "hash": each} for number, each in enumerate(found, 1)]
    async with database.session() as session:
        await session.execute(text("TRUNCATE images, datasets, counters CASCADE"))
        add = "INSERT INTO images (id, name, type, perceptual_hash) VALUES (:id, '', 'image/jpeg', :hash)"
        await session.execute(text(add), rows)
        await session.execute(text("INSERT INTO datasets (id, name, key) VALUES (:id, '', '')"), {"id": GARDEN})
        await session.execute(text("INSERT INTO dataset_images SELECT :id, id FROM images"), {"id": GARDEN})
    return [row["id"] for row in rows if isinstance(row["id"], UUID)]


@pytest.fixture
async def dataset(client: httpx2.AsyncClient) -> str:
    return str((await client.post("/datasets", json={"name": "Garden"})).json()["id"])


@pytest.fixture
async def rated(client: httpx2.AsyncClient, dataset: str) -> list[str]:
    """Four images that two people labeled, with what each saw of `Cat`: yes yes, yes no, no no, yes yes."""
    ids = []
    for number, saw in enumerate([(True, True), (True, False), (False, False), (True, True)]):
        new = {"name": f"{number}.jpg", "url": "https://a.example/", "type": "image/jpeg"}
        image = (await client.post("/images", json=new)).json()["id"]
        await client.put(f"/datasets/{dataset}/images/{image}")
        for author, seen in zip((MAI, IDA), saw):
            said = {"tags": ["Cat"] if seen else [], "absent": [] if seen else ["Cat"], "author": author}
            await client.post(f"/images/{image}/labelings", json=said)
        ids.append(image)
    return ids


@pytest.fixture
def upload(client: httpx2.AsyncClient) -> Callable[[bytes], Any]:
    async def upload(content: bytes) -> str:
        return str((await client.post("/images/upload", files={"file": content})).json()["id"])

    return upload


async def agreement(client: httpx2.AsyncClient, dataset: str, **parameters: str) -> dict[str, Any]:
    answer = await client.get(f"/datasets/{dataset}/agreement", params=parameters)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_agreement_is_what_the_table_gives(client: httpx2.AsyncClient, dataset: str, rated: list[str]) -> None:
    found = await agreement(client, dataset)
    (cat,) = found["tags"]
    assert (cat["tag"]["name"], cat["images"], cat["ratings"], cat["raw_agreement"]) == ("Cat", 4, 8, 0.75)
    # They agree on 3 of 4. By chance: 3/4 * 2/4 + 1/4 * 2/4 = 1/2, so kappa is (3/4 - 1/2) / (1 - 1/2).
    assert cat["pairs"] == [
        {"authors": [IDA, MAI], "images": 4, "raw_agreement": 0.75, "kappa": {"value": 0.5, "undefined": None}}
    ]
    # Of 8 ratings 5 say yes: observed disagreement 2 / 8, expected 2 * 5 * 3 / (8 * 7), alpha 1 - 14 / 30.
    assert cat["alpha"]["value"] == pytest.approx(8 / 15)
    (disputed,) = found["disputed"]
    assert (disputed["image"], disputed["score"], disputed["tags"]) == (rated[1], 1, 1)
    assert (disputed["disputes"][0]["present"], disputed["disputes"][0]["absent"]) == ([MAI], [IDA])


async def test_only_who_says_all_anew_rates(client: httpx2.AsyncClient, dataset: str, rated: list[str]) -> None:
    before = await agreement(client, dataset)
    edit = {"author": "kim"}
    await client.post(f"/images/{rated[0]}/tags", json={"tag": "Dog", **edit})
    await client.post("/labelings", json={"images": rated, "absent": ["Bird"], **edit})
    await client.post(f"/images/{rated[1]}/labelings", json={"tags": [], "absent": ["Cat"], **edit, "source": "model"})
    assert await agreement(client, dataset) == before
    assert (await agreement(client, dataset, source="model"))["tags"][0]["ratings"] == 1


async def test_each_author_counts_with_the_latest(client: httpx2.AsyncClient, dataset: str, rated: list[str]) -> None:
    await client.post(f"/images/{rated[1]}/labelings", json={"tags": [], "absent": ["Cat"], "author": MAI})
    found = await agreement(client, dataset)
    assert (found["tags"][0]["raw_agreement"], found["tags"][0]["ratings"], found["disputed"]) == (1, 8, [])
    feline = (await client.post("/tags", json={"name": "Feline"})).json()["id"]
    await client.post(f"/tags/{found['tags'][0]['tag']['id']}/merge", json={"into": feline})
    assert [each["tag"]["name"] for each in (await agreement(client, dataset))["tags"]] == ["Feline"]


async def test_two_at_a_time_are_computed_and_a_third_is_sent_away(
    client: httpx2.AsyncClient, dataset: str, database: Database
) -> None:
    path = f"/datasets/{dataset}/agreement"
    async with database.session() as session:
        await session.execute(text("LOCK TABLE labelings"))  # so that nobody is finished before all have asked
        asked = [asyncio.create_task(client.get(path)) for _ in range(MAX_ANALYSES + 1)]
        done, _ = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
    (refused,) = (task.result() for task in done)
    assert (refused.status_code, "retry-after" in refused.headers) == (503, True)
    assert sorted(answer.status_code for answer in await asyncio.gather(*asked)) == [*[200] * MAX_ANALYSES, 503]


async def test_copies_are_found_and_other_pictures_are_not(
    client: httpx2.AsyncClient, dataset: str, photo: Callable[..., bytes], upload: Callable[[bytes], Any]
) -> None:
    original = photo(0, 800, 600)
    copies = []
    for width, quality in ((800, 40), (400, 90), (160, 75)):
        copy = BytesIO()
        Image.open(BytesIO(original)).resize((width, width * 3 // 4)).save(copy, "JPEG", quality=quality)
        copies.append(await upload(copy.getvalue()))
    image, others = await upload(original), [await upload(photo(number, 800, 600)) for number in range(1, 6)]
    items = (await client.get(f"/images/{image}/duplicates")).json()["items"]
    assert {item["image"]["id"] for item in items} == set(copies)
    assert [item["distance"] for item in items] == sorted(item["distance"] for item in items)
    await client.post(f"/datasets/{dataset}/images", json={"images": [image, *copies, *others]})
    groups = (await client.get(f"/datasets/{dataset}/duplicates")).json()
    assert groups == {"groups": 1, "items": [{"size": 4, "images": sorted([image, *copies])}]}


@PROPERTY
@given(hashes(), st.integers(0, MAX_DISTANCE))
async def test_duplicates_are_those_that_comparing_with_each_finds(
    database: Database, found: list[int], max_distance: int
) -> None:
    ids = await fill(database, found)
    near = sorted(
        (distance(found[0], each), image_id)
        for image_id, each in zip(ids[1:], found[1:])
        if each not in FLAT and distance(found[0], each) <= max_distance
    )
    async with database.session() as session:
        answer = await duplicates.of_image(session, ids[0], max_distance, 10)
    wanted = [] if found[0] in FLAT else near[:10]
    assert [(each.distance, each.image.id) for each in answer] == wanted


@PROPERTY
@given(hashes(), st.integers(0, MAX_GROUP_DISTANCE))
async def test_groups_are_those_that_comparing_all_pairs_finds(
    database: Database, found: list[int], max_distance: int
) -> None:
    ids = await fill(database, found)
    group_of = {image_id: {image_id} for image_id, each in zip(ids, found) if each not in FLAT}
    for (one, one_hash), (other, other_hash) in combinations(zip(ids, found), 2):
        if one in group_of and other in group_of and distance(one_hash, other_hash) <= max_distance:
            group_of[one] |= group_of[other]
            group_of.update(dict.fromkeys(group_of[one], group_of[one]))
    wanted = {frozenset(group) for group in group_of.values() if len(group) > 1}
    async with database.session() as session:
        answer = await duplicates.groups(session, GARDEN, max_distance)
    sizes = [len(group.images) for group in answer]
    assert {frozenset(group.images) for group in answer} == wanted
    assert sizes == sorted((len(group) for group in wanted), reverse=True)


async def test_more_pairs_than_can_be_held_are_not_grouped(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(database, [0b111, 0b1111, 0b11111])
    async with database.session() as session:
        monkeypatch.setattr(duplicates, "MAX_PAIRS", 3)
        assert [len(group.images) for group in await duplicates.groups(session, GARDEN, 2)] == [3]
        monkeypatch.setattr(duplicates, "MAX_PAIRS", 2)
        with pytest.raises(InvalidRequestError, match="More than 2 pairs are alike"):
            await duplicates.groups(session, GARDEN, 2)


async def test_a_single_colour_is_no_duplicate(
    client: httpx2.AsyncClient, dataset: str, database: Database, upload: Callable[[bytes], Any]
) -> None:
    ids = []
    for colour in ("red", "white", "black"):
        file = BytesIO()
        Image.new("RGB", (40, 30), colour).save(file, "PNG")
        ids.append(await upload(file.getvalue()))
    await client.post(f"/datasets/{dataset}/images", json={"images": ids})
    assert (await client.get(f"/datasets/{dataset}/duplicates")).json() == {"groups": 0, "items": []}
    assert (await client.get(f"/images/{ids[0]}/duplicates")).json() == {"items": []}
    async with database.session() as session:
        assert {(await session.get_one(ImageRow, UUID(image))).perceptual_hash for image in ids} <= set(FLAT)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/datasets/{NOBODY}/agreement", 404),
        (f"/datasets/{NOBODY}/duplicates", 404),
        (f"/images/{NOBODY}/duplicates", 404),
        ("/datasets/{}/agreement?source=nobody", 422),
        (f"/images/{NOBODY}/duplicates?max_distance={MAX_DISTANCE + 1}", 422),
        (f"/datasets/{{}}/duplicates?max_distance={MAX_GROUP_DISTANCE + 1}", 422),
    ],
)
async def test_what_cannot_be_asked_is_refused(
    client: httpx2.AsyncClient, dataset: str, path: str, status: int
) -> None:
    answer = await client.get(path.format(dataset))
    assert (answer.status_code, answer.json()["status"]) == (status, status)
