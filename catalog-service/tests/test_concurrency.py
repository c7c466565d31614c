"""Many clients at once, against a server of its own: nothing is lost, nothing is doubled, nothing waits in a circle."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import asyncpg
import httpx2
import pytest
from uuid_utils.compat import uuid7

from shared.testing import server_process

CLIENTS = 100


@pytest.fixture(scope="module")
def database_url(new_database: Callable[[], str]) -> str:
    return new_database()


@pytest.fixture(scope="module")
def server(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    environment = {
        "CATALOG_DATABASE_URL": database_url,
        "CATALOG_DATA_DIR": str(tmp_path_factory.mktemp("catalog")),
        "CATALOG_LOG_LEVEL": "error",
        "CATALOG_RUN_JOBS": "false",
        "CATALOG_DATABASE_WAIT_SECONDS": "60",  # so that what is refused is so for another reason
    }
    with server_process("catalog", "CATALOG_", environment) as (_, url):
        yield url


@pytest.fixture
async def clients(server: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A client with a connection for each of `CLIENTS`."""
    limits = httpx2.Limits(max_connections=CLIENTS)
    async with httpx2.AsyncClient(base_url=server, limits=limits, timeout=60) as client:
        yield client


async def register(client: httpx2.AsyncClient) -> str:
    body = {"name": "dog.jpg", "url": "https://example.org/dog.jpg", "type": "image/jpeg"}
    return str((await client.post("/images", json=body)).json()["id"])


async def history(client: httpx2.AsyncClient, image: str) -> list[Any]:
    items: list[Any] = []
    cursor = ""
    while True:
        page = (await client.get(f"/images/{image}/labelings{cursor}")).json()
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        cursor = f"?cursor={page['next_cursor']}"


async def test_a_hundred_clients_tag_the_same_image(
    clients: httpx2.AsyncClient, database_url: str, inconsistencies: Callable[[str], Any]
) -> None:
    image, names = await register(clients), [f"tag {number:03}" for number in range(CLIENTS)]
    answers = await asyncio.gather(*(clients.post(f"/images/{image}/tags", json={"tag": name}) for name in names))
    assert Counter(answer.status_code for answer in answers) == {200: CLIENTS}
    assert [tag["name"] for tag in (await clients.get(f"/images/{image}/tags")).json()] == names
    versions = await history(clients, image)
    assert [version["version"] for version in versions] == list(range(CLIENTS, 0, -1))
    assert [len(version["tags"]) for version in versions] == list(range(CLIENTS, 0, -1))
    assert await inconsistencies(database_url) == []


async def test_of_those_who_looked_at_the_same_version_one_wins(clients: httpx2.AsyncClient) -> None:
    image = await register(clients)
    for base in range(3):
        bodies = [{"tags": [f"seen by {number}"], "base_version": base} for number in range(10)]
        answers = await asyncio.gather(*(clients.post(f"/images/{image}/labelings", json=body) for body in bodies))
        assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 9}
    assert len(await history(clients, image)) == 3


async def test_a_name_that_many_give_at_once_is_given_once(clients: httpx2.AsyncClient) -> None:
    for path, body in (("/tags", {}), ("/label-schemas", {"tags": ["Cat"]}), ("/datasets", {})):
        answers = await asyncio.gather(*(clients.post(path, json={"name": "Wanted", **body}) for _ in range(10)))
        assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 9}, path


async def test_labeling_annotating_merging_and_deleting_at_once(
    clients: httpx2.AsyncClient, database_url: str, inconsistencies: Callable[[str], Any]
) -> None:
    images = [await register(clients) for _ in range(12)]
    tags = {}
    for number in range(16):
        tag = (await clients.post("/tags", json={"name": f"species {number}"})).json()
        tags[tag["name"]] = tag["id"]
    schema = (await clients.post("/label-schemas", json={"name": "Species", "tags": list(tags)[:8]})).json()["id"]
    dataset = (await clients.post("/datasets", json={"name": "Garden"})).json()["id"]

    async def act(number: int) -> httpx2.Response:
        chance = random.Random(number)  # noqa: S311
        image, some = chance.choice(images[:10]), chance.sample(list(tags), 4)
        several = chance.sample(images[:10], 5)
        acts: list[tuple[str, str, Any]] = [
            ("POST", f"/images/{image}/labelings", {"tags": some[:2], "absent": some[2:]}),
            ("POST", f"/images/{image}/labelings", {"tags": some[:2], "label_schema": schema}),
            ("POST", "/labelings", {"images": several, "present": some[:2], "label_schema": schema}),
            ("POST", "/labelings", {"images": several[::-1], "absent": some}),
            ("POST", f"/images/{image}/tags", {"tag": some[0]}),
            ("DELETE", f"/images/{image}/tags/{tags[some[0]]}", None),
            ("DELETE", f"/images/{image}/tags/{tags[some[1]]}", None),
            ("PATCH", f"/images/{image}", {"name": f"{some[0]}.jpg"}),
            ("PUT", f"/datasets/{dataset}/images/{image}", None),
            ("POST", f"/tags/{tags[some[0]]}/merge", {"into": tags[some[1]]}),
        ]
        if number % 80 == 79:
            return await clients.delete(f"/images/{images[number // 80]}")
        method, path, body = acts[number % len(acts)]
        return await clients.request(method, path, json=body)

    answers = await asyncio.gather(*(act(number) for number in range(320)))
    seen = Counter(answer.status_code for answer in answers)
    assert seen.keys() <= {200, 201, 204, 404, 409, 422, 503}
    assert seen[503] <= 3, "deadlocks should be rare"
    assert all(answer.headers["retry-after"] for answer in answers if answer.status_code == 503)
    for image in images[4:]:
        versions = await history(clients, image)
        assert [version["version"] for version in versions] == list(range(len(versions), 0, -1))
    assert await inconsistencies(database_url) == []


async def test_accepting_suggestions_waits_for_nobody_in_a_circle(
    clients: httpx2.AsyncClient, database_url: str
) -> None:
    """Accepting makes the tag and labels the image, as tagging does: in the same order, or they meet head on."""
    connection = await asyncpg.connect(database_url)
    for number in range(15):
        image, suggestion, name = await register(clients), str(uuid7()), f"new tag {number}"
        await connection.execute(
            "INSERT INTO suggestions (id, image_id, tag, confidence, model, model_version) VALUES ($1,$2,$3,1,'m','1')",
            suggestion, image, name,
        )  # fmt: skip
        answers = await asyncio.gather(
            clients.post(f"/images/{image}/tags", json={"tag": name}),
            clients.post(f"/images/{image}/suggestions/accept", json={"suggestions": [suggestion]}),
            clients.post(f"/images/{image}/tags", json={"tag": name}),
        )
        assert [answer.status_code for answer in answers] == [200, 201, 200]
    await connection.close()


async def test_new_coverages_are_made_in_no_circle(clients: httpx2.AsyncClient) -> None:
    """Two say the same of different images, whose old coverages they meet in opposite order."""
    for number in range(8):
        a1, b1, b2, a2 = [await register(clients) for _ in range(4)]
        for image, seen in ((a1, "a"), (a2, "a"), (b1, "b"), (b2, "b")):
            body = {"tags": [], "absent": [f"{seen}{number}"]}
            assert (await clients.post(f"/images/{image}/labelings", json=body)).status_code == 201
        answers = await asyncio.gather(
            *(
                clients.post("/labelings", json={"images": pair, "absent": [f"c{number}"]})
                for pair in ([a1, b1], [b2, a2])
            )
        )
        assert [answer.json()["changed"] for answer in answers] == [2, 2]
