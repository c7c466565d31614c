"""Any conditions, paged in any way, find exactly the images that fulfil them, in order and each once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from hypothesis import HealthCheck, given, note
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from catalog import annotations, conditions, datasets, images, label_schemas, search, tags, walks, windows
from catalog.conditions import Conditions
from catalog.labelings import Provenance
from catalog.words import words_of
from shared.database import Database
from shared.times import created_at

IMAGES = 60
TAGS = ("ant", "bee", "cat", "dog")
WORDS = ("garden", "beach", "night")


@dataclass(frozen=True)
class Known:
    """What is true of an image."""

    id: UUID
    name: str
    type: str
    labeled: bool
    present: frozenset[str]
    looked_for: frozenset[str]
    member: bool


@dataclass(frozen=True)
class Catalog:
    database: Database
    images: list[Known]
    dataset: UUID


def fulfils(image: Known, asked: Conditions) -> bool:
    made = created_at(image.id)
    return (
        image.present.issuperset(map(str.lower, asked.present))
        and (image.looked_for - image.present).issuperset(map(str.lower, asked.absent))
        and (image.looked_for | image.present).isdisjoint(map(str.lower, asked.unknown))
        and (asked.dataset_id is None or image.member)
        and words_of(image.name) >= words_of(asked.text or "")
        and asked.type in {None, image.type}
        and asked.labeled in {None, image.labeled}
        and (asked.since is None or made >= asked.since)
        and (asked.before is None or made < asked.before)
    )


@pytest.fixture(scope="module")
async def catalog(new_database: Callable[[], str]) -> AsyncIterator[Catalog]:
    """Images of all kinds, some labeled under a label schema, some by a tag that was merged into another."""
    database = Database(await asyncio.to_thread(new_database))
    async with database.session() as session:
        dataset = (await datasets.create(session, "All sorts", None)).dataset.id
        await label_schemas.create(session, "Pets", None, ["cat", "dog"])
        ids = await tags.ensure(session, [*TAGS, "emmet"])
    made = [await make(database, number, ids, dataset) for number in range(IMAGES)]
    async with database.session() as session:
        await tags.merge(session, ids["emmet"], ids["ant"])
    yield Catalog(database, made, dataset)
    await database.close()


async def make(database: Database, number: int, ids: dict[str, UUID], dataset: UUID) -> Known:
    def some(names: tuple[str, ...], bits: int) -> frozenset[str]:
        return frozenset(name for place, name in enumerate(names) if bits >> place & 1)

    name = " ".join(["image", *some(WORDS, number % 8)])
    media_type = "image/png" if number % 3 == 0 else "image/jpeg"
    present, absent = some(TAGS, number % 16), some(TAGS, number * 7 // 5 % 16) - some(TAGS, number % 16)
    labeled, under, member = number % 5 > 0, number % 4 == 1, number % 3 == 1
    said = [ids["emmet" if name == "ant" and number % 2 else name] for name in present]
    async with database.session() as session:
        image = await images.register(session, name, "https://example.org/1.jpg", media_type)
        if member:
            await datasets.add_images(session, dataset, [image.id])
        if labeled:
            pets = (await label_schemas.list_schemas(session, None, 1))[0]
            version = await label_schemas.get_version(session, pets.id) if under else None
            denied = [ids[name] for name in absent]
            await annotations.label(session, image.id, said, denied, version, Provenance())
    looked_for = absent | {"cat", "dog"} if under else absent
    known = Known(image.id, name, media_type, labeled, present, frozenset(looked_for), member)
    await asyncio.sleep(0.001)  # so that each has a millisecond of its own
    return known if labeled else replace(known, present=frozenset(), looked_for=frozenset())


some_tags = st.lists(st.sampled_from([*TAGS, "ANT", "Dog"]), max_size=2).map(tuple)
times = st.none() | st.tuples(st.integers(0, IMAGES - 1), st.integers(-1500, 1500))


@st.composite
def some_conditions(draw: st.DrawFn) -> tuple[Conditions, Any, Any, bool]:
    asked = Conditions(
        present=draw(some_tags),
        absent=draw(some_tags),
        unknown=draw(some_tags),
        text=draw(st.none() | st.sampled_from(["Image", "garden", "NIGHT beach", "image-garden", "desert"])),
        type=draw(st.none() | st.sampled_from(["image/png", "image/jpeg", "image/webp"])),
        labeled=draw(st.none() | st.booleans()),
    )
    return asked, draw(times), draw(times), draw(st.booleans())


def time_at(catalog: Catalog, place: tuple[int, int] | None) -> datetime | None:
    return place and created_at(catalog.images[place[0]].id) + timedelta(microseconds=place[1])


async def pages(
    catalog: Catalog, asked: Conditions, limits: list[int], *, newest_first: bool, look_ups: int
) -> list[UUID]:
    found: list[UUID] = []
    after: UUID | None = None
    for turn in range(2 * IMAGES):
        limit = limits[turn % len(limits)]
        async with catalog.database.session() as session:
            page = await search.search(session, asked, after, limit, newest_first=newest_first, look_ups=look_ups)
        assert len(page.images) <= limit
        found += [image.id for image in page.images]
        if page.end is None:
            return found
        assert len(page.images) < limit or page.end == found[-1]
        assert after is None or (page.end < after if newest_first else page.end > after)
        after = page.end
    raise AssertionError("The pages do not end.")


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    asked=some_conditions(),
    limits=st.lists(st.integers(1, 9) | st.just(100), min_size=1, max_size=3),
    near=st.sampled_from([1, 2, 7, walks.NEAR]),
    look_ups=st.sampled_from([1, 5, 30, windows.LOOK_UPS]),
    most_coverages=st.sampled_from([1, windows.MOST_COVERAGES]),
    newest_first=st.booleans(),
)
async def test_the_pages_hold_exactly_what_fulfils_the_conditions(
    catalog: Catalog,
    asked: tuple[Conditions, Any, Any, bool],
    limits: list[int],
    near: int,
    look_ups: int,
    most_coverages: int,
    newest_first: bool,
) -> None:
    wanted, since, before, inside = asked
    wanted = replace(wanted, since=time_at(catalog, since), before=time_at(catalog, before))
    wanted = replace(wanted, dataset_id=catalog.dataset if inside else None)
    expected = [image.id for image in catalog.images if fulfils(image, wanted)]
    note(f"{wanted} in pages of {limits}, near {near}, {look_ups} look-ups, newest first {newest_first}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walks, "NEAR", near)
        patch.setattr(conditions, "MOST_WORDS", min(near, conditions.MOST_WORDS))
        patch.setattr(windows, "MOST_COVERAGES", most_coverages)
        found = await pages(catalog, wanted, limits, newest_first=newest_first, look_ups=look_ups)
    assert found == (expected[::-1] if newest_first else expected)
    async with catalog.database.session() as session:
        for order in (newest_first, False):
            everything = await search.ids_of(session, wanted, None, None, newest_first=order)
            unpaged = list((await session.execute(everything)).scalars())
            assert unpaged == (expected[::-1] if order else expected)


async def test_images_that_come_meanwhile_do_not_disturb_a_listing(client: httpx2.AsyncClient) -> None:
    async def register(number: int) -> str:
        body = {"name": f"{number}.jpg", "url": "https://example.org/1.jpg", "type": "image/jpeg"}
        return str((await client.post("/images", json=body)).json()["id"])

    async def ids(query: str) -> list[str]:
        return [image["id"] for image in (await client.get(f"/images{query}")).json()["items"]]

    for number in range(7):
        await register(number)
    for order in ("oldest", "newest"):
        expected = await ids(f"?order={order}&limit=100")
        found, query = [], f"?limit=3&order={order}"
        while query:
            answer = await client.get(f"/images{query}")
            found += [image["id"] for image in answer.json()["items"]]
            query = answer.headers["link"].partition(">")[0][1:] if "link" in answer.headers else ""
            if len(found) < len(expected):
                await register(99)
        assert found[: len(expected)] == expected
        assert len(found) == len(set(found))


async def test_a_link_leads_to_the_next_page_with_the_same_conditions(client: httpx2.AsyncClient) -> None:
    for number in range(5):
        body = {"name": f"grün & {number}.jpg", "url": "https://example.org/1.jpg", "type": "image/jpeg"}
        image = (await client.post("/images", json=body)).json()["id"]
        await client.post(f"/images/{image}/tags", json={"tag": "Grün & Co"})
    params: dict[str, Any] = {"tag": "grün & co", "text": "grün", "limit": "2", "labeled": "true"}
    answer = await client.get("/images", params=params)
    names = [image["name"] for image in answer.json()["items"]]
    while "link" in answer.headers:
        answer = await client.get("/images" + answer.headers["link"].partition(">")[0][1:])
        names += [image["name"] for image in answer.json()["items"]]
    assert answer.json()["next_cursor"] is None
    assert names == [f"grün & {number}.jpg" for number in range(5)]


async def test_any_tag_name_can_be_asked_for(client: httpx2.AsyncClient) -> None:
    for name in ("100%", "a_b", "it's", 'say "x"', "\\", "{x}", "naïve", "🦋", ":x", "$1", "; DROP TABLE tags"):
        body = {"name": "dog.jpg", "url": "https://example.org/1.jpg", "type": "image/jpeg"}
        image = (await client.post("/images", json=body)).json()["id"]
        await client.post(f"/images/{image}/tags", json={"tag": name})
        for search_for in ({"tag": name}, {"tag": name.upper()}):
            found = (await client.get("/images", params=search_for)).json()["items"]
            assert [one["id"] for one in found] == [image], name
        listed = (await client.get("/tags", params={"prefix": name[0]})).json()["items"]
        assert name in [tag["name"] for tag in listed]


async def test_a_name_of_very_many_words_is_found(client: httpx2.AsyncClient) -> None:
    name = " ".join(chr(0x4E00 + number) for number in range(128))
    body = {"name": name, "url": "https://example.org/1.jpg", "type": "image/jpeg"}
    assert (await client.post("/images", json=body)).status_code == 201
    found = await client.get("/images", params={"text": name})
    assert [image["name"] for image in found.json()["items"]] == [name]
    odd = "".join(chr(0x3300 + number % 88) for number in range(255))  # squared words: five letters each
    body["name"] = odd
    assert (await client.post("/images", json=body)).status_code == 201
    assert len((await client.get("/images", params={"text": odd})).json()["items"]) == 1


async def test_what_cannot_be_found_is_told(client: httpx2.AsyncClient) -> None:
    nowhere = "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1"
    for query in (f"dataset={nowhere}", "text=---", "tag=Nothing"):
        assert (await client.get(f"/images?{query}")).status_code == 404, query
