"""Tags over HTTP: found by any spelling, listed in order, renamed and merged without losing a label."""

from typing import Any

import httpx2
import pytest


async def create(client: httpx2.AsyncClient, name: str) -> Any:
    return (await client.post("/tags", json={"name": name})).json()


async def tagged(client: httpx2.AsyncClient, *names: str) -> str:
    """Register an image with these tags."""
    body = {"name": "dog.jpg", "url": "https://example.org/dog.jpg", "type": "image/jpeg"}
    image = (await client.post("/images", json=body)).json()["id"]
    await client.post(f"/images/{image}/labelings", json={"tags": names})
    return str(image)


async def test_a_tag_is_unique_without_regard_to_case(client: httpx2.AsyncClient) -> None:
    assert (await client.post("/tags", json={"name": " Straße "})).status_code == 201
    again = await client.post("/tags", json={"name": "STRASSE"})
    assert again.status_code == 409


@pytest.mark.parametrize("limit", [1, 2, 100])
async def test_the_list_is_in_the_order_of_the_names(client: httpx2.AsyncClient, limit: int) -> None:
    for name in ("cat", "Ant", "ANTLER", "bee", "a%b", "aXb", "élan"):
        await create(client, name)

    async def names(query: dict[str, Any]) -> list[str]:
        found: list[str] = []
        page: Any = {"next_cursor": None}
        while not found or page["next_cursor"]:
            cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
            page = (await client.get("/tags", params={**query, **cursor, "limit": str(limit)})).json()
            found += [tag["name"] for tag in page["items"]]
            assert len(page["items"]) <= limit
        return found

    assert await names({}) == ["a%b", "Ant", "ANTLER", "aXb", "bee", "cat", "élan"]
    assert await names({"prefix": "aNT"}) == ["Ant", "ANTLER"]
    assert await names({"prefix": "a%"}) == ["a%b"]


async def test_a_renamed_tag_keeps_its_images(client: httpx2.AsyncClient) -> None:
    image = await tagged(client, "Kat")
    tag = (await client.get("/tags")).json()["items"][0]
    renamed = (await client.patch(f"/tags/{tag['id']}", json={"name": "Cat"})).json()
    assert (renamed["name"], renamed["images"]) == ("Cat", 1)
    assert [one["id"] for one in (await client.get("/images?tag=cat")).json()["items"]] == [image]
    assert (await client.get("/images?tag=Kat")).status_code == 404
    assert (await client.patch(f"/tags/{tag['id']}", json={"name": "CAT"})).json()["name"] == "CAT"


async def test_a_merged_tag_leads_to_the_other_one(client: httpx2.AsyncClient) -> None:
    both, one = await tagged(client, "Kitty", "Cat"), await tagged(client, "Kitty")
    kitty, cat = (tag["id"] for tag in sorted(await listed(client), key=lambda tag: tag["name"] != "Kitty"))
    merged = (await client.post(f"/tags/{kitty}/merge", json={"into": cat})).json()
    assert (merged["id"], merged["images"]) == (cat, 2)
    assert (await client.get(f"/tags/{kitty}")).json() == merged
    for name in ("kitty", "CAT"):
        assert [image["id"] for image in (await client.get(f"/images?tag={name}")).json()["items"]] == [both, one]
    assert [tag["name"] for tag in (await client.get("/tags")).json()["items"]] == ["Cat"]
    history = (await client.get(f"/images/{both}/labelings")).json()["items"]
    assert [[tag["name"] for tag in version["tags"]] for version in history] == [["Cat"]]
    assert (await client.post("/tags", json={"name": "Kitty"})).status_code == 409
    assert (await client.post(f"/tags/{kitty}/merge", json={"into": cat})).status_code == 409
    assert (await client.post(f"/images/{one}/tags", json={"tag": "kitty"})).json() == [{"id": cat, "name": "Cat"}]
    assert (await client.get(f"/images/{one}")).json()["labeling"] == 1


async def listed(client: httpx2.AsyncClient) -> list[Any]:
    return list((await client.get("/tags")).json()["items"])


async def test_a_tag_merged_twice_over_leads_to_the_last_one(client: httpx2.AsyncClient) -> None:
    image = await tagged(client, "one")
    ids = {name: (await create(client, name))["id"] for name in ("two", "three")}
    first = (await client.get("/tags?prefix=one")).json()["items"][0]["id"]
    await client.post(f"/tags/{first}/merge", json={"into": ids["two"]})
    await client.post(f"/tags/{ids['two']}/merge", json={"into": ids["three"]})
    assert (await client.get(f"/images/{image}/tags")).json() == [{"id": ids["three"], "name": "three"}]
    assert (await client.get(f"/tags/{first}")).json()["images"] == 1
    assert (await client.delete(f"/images/{image}/tags/{first}")).json() == []
    assert (await client.get(f"/tags/{ids['three']}")).json()["images"] == 0


async def test_a_merged_tag_is_renamed_no_more(client: httpx2.AsyncClient) -> None:
    kitty, cat = [(await client.post("/tags", json={"name": name})).json()["id"] for name in ("Kitty", "Cat")]
    await client.post(f"/tags/{kitty}/merge", json={"into": cat})
    assert (await client.patch(f"/tags/{kitty}", json={"name": "Pussycat"})).status_code == 409
    assert (await client.get(f"/tags/{cat}")).json()["name"] == "Cat"
