"""Label schemas over HTTP: versions that never change, and the worklist of what is left to look at."""

from typing import Any
from uuid import uuid4

import httpx2


async def register(client: httpx2.AsyncClient, **labels: Any) -> str:
    body = {"name": "dog.jpg", "url": "https://example.org/dog.jpg", "type": "image/jpeg"}
    image = (await client.post("/images", json=body)).json()["id"]
    if labels:
        await client.post(f"/images/{image}/labelings", json=labels)
    return str(image)


async def worklist(client: httpx2.AsyncClient, schema: str, query: str = "") -> dict[str, list[str]]:
    address, found = f"/label-schemas/{schema}/worklist?limit=1{query}", dict[str, list[str]]()
    while address:
        answer = await client.get(address)
        found |= {item["image"]["id"]: [tag["name"] for tag in item["missing"]] for item in answer.json()["items"]}
        link = answer.headers.get("link", "")
        address = f"/label-schemas/{schema}/worklist{link[1:].partition('>')[0]}" if link else ""
    return found


async def test_a_new_tag_brings_the_images_back_on_the_worklist(client: httpx2.AsyncClient) -> None:
    schema = (await client.post("/label-schemas", json={"name": "Pets", "tags": ["Cat", "Dog"]})).json()["id"]
    under = {"label_schema": schema}
    beach = await register(client, tags=["Dog"], **under)
    await register(client, tags=["Cat", "Bird"], **under)
    garden = await register(client, tags=[], **under)
    other, new = await register(client, tags=["Dog"]), await register(client)
    assert await worklist(client, schema) == {}
    added = await client.post(f"/label-schemas/{schema}/versions", json={"tags": ["Cat", "Dog", "Bird"]})
    assert (added.status_code, added.json()["version"]) == (201, 2)
    assert await worklist(client, schema) == {beach: ["Bird"], garden: ["Bird"]}
    await client.post("/labelings", json={"images": [beach], "absent": ["Bird"], **under})
    labeling = (await client.get(f"/images/{beach}/labelings/2")).json()
    assert labeling["label_schema"]["version"] == 2
    assert await worklist(client, schema) == {garden: ["Bird"]}
    dataset = (await client.post("/datasets", json={"name": "Garden"})).json()["id"]
    await client.post(f"/datasets/{dataset}/images", json={"images": [beach, garden, other, new]})
    everything = {garden: ["Bird"], other: ["Bird", "Cat"], new: ["Bird", "Cat", "Dog"]}
    assert await worklist(client, schema, f"&dataset={dataset}") == everything


async def test_a_worklist_knows_an_empty_dataset_from_none(client: httpx2.AsyncClient) -> None:
    schema = (await client.post("/label-schemas", json={"name": "Pets", "tags": ["Cat"]})).json()["id"]
    dataset = (await client.post("/datasets", json={"name": "Garden"})).json()["id"]
    assert await worklist(client, schema, f"&dataset={dataset}") == {}
    nobody = uuid4()
    for path in (f"/label-schemas/{schema}/worklist", "/images"):
        assert (await client.get(f"{path}?dataset={dataset}")).json() == {"items": [], "next_cursor": None}
        refused = await client.get(f"{path}?dataset={nobody}")
        assert (refused.status_code, refused.json()["detail"]) == (404, f"No dataset has the id {nobody}.")


async def test_a_version_never_changes(client: httpx2.AsyncClient) -> None:
    first = {"name": "Pets", "tags": ["dog", "Cat", "dog"], "description": "At home."}
    schema = (await client.post("/label-schemas", json=first)).json()
    assert (schema["version"], schema["description"]) == (1, "At home.")
    path = f"/label-schemas/{schema['id']}"
    for tags in (["Cat"], ["Cat", "Bird"]):
        await client.post(f"{path}/versions", json={"tags": tags, "comment": "Why not"})
    renamed = (await client.patch(path, json={"name": "House animals"})).json()
    assert (renamed["name"], renamed["description"], renamed["version"]) == ("House animals", "At home.", 3)
    versions = (await client.get(f"{path}/versions")).json()["items"]
    found = [(version["version"], [tag["name"] for tag in version["tags"]]) for version in versions]
    assert found == [(3, ["Bird", "Cat"]), (2, ["Cat"]), (1, ["Cat", "dog"])]
    old = {"tags": ["Bird"], "label_schema": schema["id"], "label_schema_version": 1}
    image = await register(client)
    labeling = (await client.post(f"/images/{image}/labelings", json=old)).json()
    assert [tag["name"] for tag in labeling["absent"]] == ["Cat", "dog"]
    assert labeling["label_schema"] == {"id": schema["id"], "name": "House animals", "version": 1}


async def test_the_list_is_in_the_order_of_the_names(client: httpx2.AsyncClient) -> None:
    for name in ("b", "A", "c"):
        await client.post("/label-schemas", json={"name": name, "tags": ["Cat"]})
    page = (await client.get("/label-schemas?limit=2")).json()
    rest = (await client.get(f"/label-schemas?limit=2&cursor={page['next_cursor']}")).json()
    assert [schema["name"] for schema in (*page["items"], *rest["items"])] == ["A", "b", "c"]
    assert rest["next_cursor"] is None
