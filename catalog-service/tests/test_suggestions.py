"""Suggestions: what a model says is kept as such, and becomes a label when somebody says so, once."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Network
from threading import Thread
from typing import Any

import httpx2
import pytest

from catalog.main import create_app
from catalog.settings import Settings
from shared.testing import client_of

NOBODY = "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1"


@pytest.fixture
def settings(settings: Settings, vision: Any) -> Settings:
    return settings.model_copy(update={"vision_url": vision.url, "run_jobs": False})


@pytest.fixture
async def image(client: httpx2.AsyncClient, photo: Callable[..., bytes]) -> str:
    return str((await client.post("/images/upload", files={"file": photo(0)})).json()["id"])


@pytest.fixture
def web_server(photo: Callable[..., bytes]) -> Any:
    """The address of a web server with one photo, at `/photo.jpg`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/photo.jpg" else 404)
            self.end_headers()
            self.wfile.write(photo(1))

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
async def fetching(settings: Settings, web_server: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A catalog that may fetch from the web server."""
    allowed = {"fetch_hosts": (web_server,), "fetch_private_networks": (IPv4Network("127.0.0.0/8"),)}
    async with client_of(create_app(settings.model_copy(update=allowed))) as client:
        yield client


async def suggested(client: httpx2.AsyncClient, image: str) -> list[dict[str, Any]]:
    answer = await client.post(f"/images/{image}/suggestions")
    assert answer.status_code == 201, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def registered(client: httpx2.AsyncClient, url: str) -> str:
    new = {"name": "a.jpg", "url": url, "type": "image/jpeg"}
    return str((await client.post("/images", json=new)).json()["id"])


async def labels(client: httpx2.AsyncClient, image: str) -> list[str]:
    return [tag["name"] for tag in (await client.get(f"/images/{image}/tags")).json()]


async def accept(client: httpx2.AsyncClient, image: str, *suggestions: dict[str, Any], **said: Any) -> httpx2.Response:
    body = {"suggestions": [each["id"] for each in suggestions], **said}
    return await client.post(f"/images/{image}/suggestions/accept", json=body)


async def test_a_suggestion_is_kept_with_its_model_and_is_no_label(
    client: httpx2.AsyncClient, image: str, vision: Any, photo: Callable[..., bytes]
) -> None:
    first = await suggested(client, image)
    assert [(each["tag"], each["confidence"]) for each in first] == [("Cat", 0.75), ("Dog", 0.25)]
    assert {(each["model"], each["model_version"], each["accepted_in"]) for each in first} == {
        ("resnet18", "b20d0f2a5534", None)
    }
    second = await suggested(client, image)
    page = (await client.get(f"/images/{image}/suggestions", params={"limit": 3})).json()
    assert page["items"] == [*second, first[0]]
    assert await labels(client, image) == []
    assert (await client.get(f"/images/{image}")).json()["labeling"] == 0
    assert (await client.get("/tags")).json()["items"] == []
    assert vision.asked == [photo(0)] * 2


async def test_accepting_makes_a_labeling_with_the_tags_besides(client: httpx2.AsyncClient, image: str) -> None:
    await client.post(f"/images/{image}/labelings", json={"tags": ["Bird"], "absent": ["Cat", "Cow"]})
    cat, dog = await suggested(client, image)
    answer = await accept(client, image, cat, dog, author="mai", base_version=1)
    said = answer.json()
    assert (answer.status_code, said["version"], said["author"], said["source"]) == (201, 2, "mai", "human")
    assert [tag["name"] for tag in said["tags"]] == ["Bird", "Cat", "Dog"]
    assert ([tag["name"] for tag in said["absent"]], said["whole"]) == (["Cow"], False)
    kept = (await client.get(f"/images/{image}/suggestions")).json()["items"]
    assert [each["accepted_in"] for each in kept] == [2, 2]
    again = (await suggested(client, image))[0]
    assert (await accept(client, image, again)).json()["version"] == 3


async def test_a_suggestion_is_accepted_once(client: httpx2.AsyncClient, image: str) -> None:
    cat, dog = await suggested(client, image)
    answers = await asyncio.gather(*(accept(client, image, cat) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    both = await accept(client, image, cat, dog)
    assert (both.status_code, both.json()["detail"]) == (409, "Cat has been accepted already, in version 1.")
    assert await labels(client, image) == ["Cat"]


async def test_what_cannot_be_accepted_is_refused_and_changes_nothing(
    client: httpx2.AsyncClient, image: str, photo: Callable[..., bytes]
) -> None:
    cat, _ = await suggested(client, image)
    other = (await client.post("/images/upload", files={"file": photo(1)})).json()["id"]
    await client.post(f"/images/{image}/tags", json={"tag": "Bird"})
    answers = [
        await accept(client, image, cat, base_version=0),
        await accept(client, other, cat),
        await accept(client, NOBODY, cat),
        await accept(client, image, {"id": NOBODY}),
        await accept(client, image),
    ]
    assert [answer.status_code for answer in answers] == [409, 422, 404, 404, 422]
    assert await labels(client, image) == ["Bird"]
    assert await labels(client, other) == []


async def test_an_image_by_url_is_fetched_from_permitted_hosts_alone(
    client: httpx2.AsyncClient, fetching: httpx2.AsyncClient, web_server: str, vision: Any, photo: Callable[..., bytes]
) -> None:
    image = await registered(client, f"http://{web_server}/photo.jpg")
    refused = await client.post(f"/images/{image}/suggestions")
    assert (refused.status_code, refused.json()["detail"]) == (
        422,
        "The server fetches nothing by URL; an operator sets CATALOG_FETCH_HOSTS for that.",
    )
    assert [each["tag"] for each in await suggested(fetching, image)] == ["Cat", "Dog"]
    assert vision.asked == [photo(1)]


async def test_an_image_that_cannot_be_fetched_is_a_failure_of_the_other_side(
    fetching: httpx2.AsyncClient, web_server: str
) -> None:
    missing = await registered(fetching, f"http://{web_server}/missing.jpg")
    elsewhere = await registered(fetching, "http://127.0.0.1:9/photo.jpg")
    answers = [await fetching.post(f"/images/{image}/suggestions") for image in (missing, elsewhere)]
    assert [answer.status_code for answer in answers] == [502, 422]
    assert answers[0].json()["detail"] == "The server answered with status 404 instead of a file."


@pytest.mark.parametrize(
    ("change", "status"), [({"status": 422}, 422), ({"status": 503}, 503), ({"answer": b"x"}, 503)]
)
async def test_without_an_answer_nothing_is_kept(
    client: httpx2.AsyncClient, image: str, vision: Any, change: dict[str, Any], status: int
) -> None:
    for name, value in change.items():
        setattr(vision, name, value)
    answer = await client.post(f"/images/{image}/suggestions")
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert (await client.get(f"/images/{image}/suggestions")).json()["items"] == []


async def test_an_image_that_is_deleted_while_it_is_looked_at_has_no_suggestions(
    client: httpx2.AsyncClient, image: str, vision: Any
) -> None:
    vision.seconds = 0.3
    asking = asyncio.create_task(client.post(f"/images/{image}/suggestions"))
    await asyncio.sleep(0.1)
    assert (await client.delete(f"/images/{image}")).status_code == 204
    assert (await asking).status_code == 404


async def test_a_label_is_kept_as_names_are(client: httpx2.AsyncClient, image: str, vision: Any) -> None:
    answer = json.loads(vision.answer)
    answer["predictions"] = [{"label": " E\u0301lan ", "confidence": 1}]
    vision.answer = json.dumps(answer).encode()
    (only,) = await suggested(client, image)
    assert only["tag"] == "Élan"
    assert [tag["name"] for tag in (await accept(client, image, only)).json()["tags"]] == ["Élan"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"/images/{NOBODY}/suggestions"),
        ("GET", f"/images/{NOBODY}/suggestions"),
        ("POST", f"/datasets/{NOBODY}/suggestions"),
    ],
)
async def test_what_is_not_there_is_not_found(client: httpx2.AsyncClient, method: str, path: str) -> None:
    assert (await client.request(method, path)).status_code == 404
