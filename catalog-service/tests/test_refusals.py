"""Bad input is refused with the right status and says what is wrong; it is never a 500."""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from PIL import Image

from catalog.main import create_app
from catalog.settings import Settings
from shared.errors import MEDIA_TYPE
from shared.images.testing import encoded
from shared.testing import client_of

NOBODY = uuid4()
HUGE = 10**30
LONG = "x" * 256
BAD_NAMES = {
    "": "at least one character",
    "a\0b": "control characters",
    "a\x1bb": "control characters",
    LONG: "at most 255 characters",
}
BAD_URLS = [
    "",
    "dog.jpg",
    "ftp://example.org/dog.jpg",
    "javascript:alert(1)",
    "http://",
    "https://a/\0",
    "https://a/ b",
]


@dataclass
class Known:
    """What the catalog holds: of each kind one."""

    client: httpx2.AsyncClient
    image: str
    tag: str
    schema: str


@pytest.fixture(scope="module")
async def known(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Known]:
    settings = Settings(
        database_url=await asyncio.to_thread(new_database),
        data_dir=tmp_path_factory.mktemp("catalog"),
        max_upload_bytes=100_000,
        max_pixels=1_000_000,
        run_jobs=False,
    )
    async with client_of(create_app(settings)) as client:
        dog = {"name": "dog.jpg", "url": "https://example.org/dog.jpg", "type": "image/jpeg"}
        image = (await client.post("/images", json=dog)).json()["id"]
        labels = {"tags": ["Dog"], "absent": ["Cat"]}
        tag = (await client.post(f"/images/{image}/labelings", json=labels)).json()["tags"][0]["id"]
        schema = (await client.post("/label-schemas", json={"name": "Animals", "tags": ["Dog", "Cat"]})).json()["id"]
        yield Known(client, image, tag, schema)


def assert_problem(answer: httpx2.Response, status: int, detail: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    problem = answer.json()
    assert problem["status"] == status
    assert detail in problem["detail"]
    if status == 422 and "errors" in problem:
        assert problem["errors"][0]["loc"]


def cursor(key: bytes) -> str:
    return urlsafe_b64encode(key).decode().rstrip("=")


@pytest.mark.parametrize(
    "path",
    [
        "images/{}",
        "images/{}/content",
        "images/{}/thumbnail",
        "images/{}/labels",
        "images/{}/tags",
        "images/{}/labelings",
        "images/{}/labelings/1",
        "images/{}/labelings/diff?from=0&to=1",
        "tags/{}",
        "tags/{}/images",
        "label-schemas/{}",
        "label-schemas/{}/versions",
        "label-schemas/{}/worklist",
    ],
)
async def test_an_unknown_id_is_not_found(known: Known, path: str) -> None:
    assert_problem(await known.client.get(f"/{path.format(NOBODY)}"), 404, str(NOBODY))
    assert_problem(await known.client.get(f"/{path.format('%00')}"), 404, "Nothing is at")


async def test_an_unknown_id_in_a_body_is_not_found(known: Known) -> None:
    nobody = str(NOBODY)
    requests: list[tuple[str, str, Any]] = [
        ("PATCH", f"/images/{nobody}", {"name": "x"}),
        ("DELETE", f"/images/{nobody}", None),
        ("POST", f"/images/{nobody}/labelings", {"tags": []}),
        ("POST", f"/images/{nobody}/tags", {"tag": "x"}),
        ("DELETE", f"/images/{nobody}/tags/{known.tag}", None),
        ("DELETE", f"/images/{known.image}/tags/{nobody}", None),
        ("POST", f"/images/{nobody}/labelings/1/restore", {}),
        ("POST", f"/images/{known.image}/labelings", {"tags": [], "label_schema": nobody}),
        ("POST", "/labelings", {"images": [known.image, nobody]}),
        ("POST", "/labelings", {"images": [known.image], "label_schema": nobody}),
        ("PATCH", f"/tags/{nobody}", {"name": "x"}),
        ("POST", f"/tags/{nobody}/merge", {"into": known.tag}),
        ("POST", f"/tags/{known.tag}/merge", {"into": nobody}),
        ("PATCH", f"/label-schemas/{nobody}", {"name": "x"}),
        ("POST", f"/label-schemas/{nobody}/versions", {"tags": ["x"]}),
    ]
    for method, path, body in requests:
        assert_problem(await known.client.request(method, path, json=body), 404, nobody)
    for condition in ("tag", "absent", "unknown"):
        assert_problem(await known.client.get(f"/images?{condition}=Brid"), 404, "Brid")
    missing = await known.client.get(f"/images/{known.image}/labelings/7")
    assert_problem(missing, 404, "has no labeling of version 7")


async def test_a_name_that_is_taken_conflicts(known: Known) -> None:
    other = (await known.client.post("/tags", json={"name": "Other"})).json()["id"]
    schema = (await known.client.post("/label-schemas", json={"name": "Other", "tags": ["Dog"]})).json()["id"]
    for method, path, body in [
        ("POST", "/tags", {"name": " dOG "}),
        ("PATCH", f"/tags/{other}", {"name": "DOG"}),
        ("POST", "/label-schemas", {"name": "ANIMALS", "tags": ["Dog"]}),
        ("PATCH", f"/label-schemas/{schema}", {"name": "animals"}),
    ]:
        assert_problem(await known.client.request(method, path, json=body), 409, "already")


async def test_what_was_decided_on_an_old_version_conflicts(known: Known) -> None:
    for method, path, body in [
        ("POST", f"/images/{known.image}/labelings", {"tags": [], "base_version": 0}),
        ("POST", f"/images/{known.image}/tags", {"tag": "Bird", "base_version": 7}),
        ("POST", f"/images/{known.image}/labelings/1/restore", {"base_version": 2**31 - 1}),
        ("POST", f"/label-schemas/{known.schema}/versions", {"tags": ["Dog"], "base_version": 2}),
    ]:
        assert_problem(await known.client.request(method, path, json=body), 409, "look again")
    assert (await known.client.get(f"/images/{known.image}")).json()["labeling"] == 1


LISTS = ["/images", "/tags", "/label-schemas", "/images/{image}/labelings", "/label-schemas/{schema}/versions"]
LISTS += ["/label-schemas/{schema}/worklist", "/tags/{tag}/images"]


@pytest.mark.parametrize("path", LISTS)
async def test_a_cursor_of_nowhere_is_refused(known: Known, path: str) -> None:
    address = path.format(image=known.image, schema=known.schema, tag=known.tag)
    others = [
        b"null",
        b"[1]",
        b"{}",
        b'"\\u0000"',
        b"1" * 400,
        b"-1",
        str(2**31).encode(),
        b"NaN",
        b'"\\ud800"',
    ]
    bad = ["", "!", "é", "%00", "\0", cursor(b"\xff\xfe"), cursor(b"[" * 900), *map(cursor, others)]
    for text in bad:
        assert_problem(await known.client.get(address, params={"cursor": text}), 422, "this is no cursor of this list")
    assert_problem(await known.client.get(address, params={"cursor": "A" * 2049}), 422, "at most 2048 characters")


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", f"limit={HUGE}", "limit=x", "limit=%00", "limit="])
async def test_a_page_has_between_1_and_1000_items(known: Known, query: str) -> None:
    assert_problem(await known.client.get(f"/images?{query}"), 422, "query.limit")


@pytest.mark.parametrize("name", BAD_NAMES)
async def test_what_is_no_name_is_refused_wherever_a_name_is_expected(known: Known, name: str) -> None:
    dog = {"url": "https://example.org/dog.jpg", "type": "image/jpeg"}
    bodies: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/images", {**dog, "name": name}),
        ("PATCH", f"/images/{known.image}", {"name": name}),
        ("POST", "/tags", {"name": name}),
        ("PATCH", f"/tags/{known.tag}", {"name": name}),
        ("POST", "/label-schemas", {"name": name, "tags": ["Dog"]}),
        ("POST", "/label-schemas", {"name": "x", "tags": [name]}),
        ("PATCH", f"/label-schemas/{known.schema}", {"name": name}),
        ("POST", f"/images/{known.image}/labelings", {"tags": [name]}),
        ("POST", f"/images/{known.image}/labelings", {"tags": [], "absent": [name]}),
        ("POST", f"/images/{known.image}/labelings", {"tags": [], "author": name}),
        ("POST", f"/images/{known.image}/tags", {"tag": name}),
        ("POST", "/labelings", {"images": [known.image], "present": [name]}),
    ]
    for method, path, body in bodies:
        assert_problem(await known.client.request(method, path, json=body), 422, BAD_NAMES[name])
    for parameter in ("tag", "absent", "unknown", "text"):
        assert_problem(await known.client.get("/images", params={parameter: name}), 422, BAD_NAMES[name])
    assert_problem(await known.client.get("/tags", params={"prefix": name}), 422, BAD_NAMES[name])
    untag = f"/images/{known.image}/tags/{known.tag}"
    assert_problem(await known.client.delete(untag, params={"author": name}), 422, BAD_NAMES[name])


async def test_a_comment_is_text_of_a_decent_length(known: Known) -> None:
    bodies: list[tuple[str, dict[str, Any]]] = [
        (f"/images/{known.image}/labelings", {"tags": []}),
        (f"/label-schemas/{known.schema}/versions", {"tags": ["Dog"]}),
    ]
    for comment in ("a\0b", "x" * 2001):
        for path, body in bodies:
            assert_problem(await known.client.post(path, json={**body, "comment": comment}), 422, "body.comment")
        schema = {"name": "New", "tags": ["Dog"], "description": comment}
        assert_problem(await known.client.post("/label-schemas", json=schema), 422, "body.description")


@pytest.mark.parametrize("url", [*BAD_URLS, f"https://example.org/{'x' * 2048}"])
async def test_an_image_is_registered_by_a_url_of_the_web(known: Known, url: str) -> None:
    body = {"name": "dog.jpg", "url": url, "type": "image/jpeg"}
    answer = await known.client.post("/images", json=body)
    assert_problem(answer, 422, "body.url")
    assert "pydantic" not in answer.text


@pytest.mark.parametrize("version", ["0", "-1", str(2**31), str(2**63), str(HUGE), "1" * 5000, "x", "1.5", "%00"])
async def test_a_version_that_no_database_can_hold_is_refused(known: Known, version: str) -> None:
    labelings = f"/images/{known.image}/labelings"
    assert_problem(await known.client.get(f"{labelings}/{version}"), 422, "path.version")
    assert_problem(await known.client.post(f"{labelings}/{version}/restore", json={}), 422, "path.version")
    for query in (f"from=1&to={version}x", f"from=x{version}&to=1", f"from={HUGE}&to=1", f"from=1&to={2**31}"):
        assert_problem(await known.client.get(f"{labelings}/diff?{query}"), 422, "query.")


async def test_a_version_in_a_body_that_no_database_can_hold_is_refused(known: Known) -> None:
    under = {"tags": [], "label_schema": known.schema}
    for number in (-1, 2**31, HUGE, 1.5):
        for path, body in [
            (f"/images/{known.image}/labelings", {**under, "label_schema_version": number}),
            (f"/images/{known.image}/labelings", {**under, "base_version": number}),
            (f"/label-schemas/{known.schema}/versions", {"tags": ["Dog"], "base_version": number}),
        ]:
            assert_problem(await known.client.post(path, json=body), 422, "version")
    absent = {**under, "label_schema_version": 2**31 - 1}
    assert_problem(await known.client.post(f"/images/{known.image}/labelings", json=absent), 404, "has no version")


async def test_times_far_away_find_everything_or_nothing(known: Known) -> None:
    past, future = ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00%2B14:00"], ["9999-12-31T23:59:59.999999-12:00"]
    for parameter, found in (("since", past), ("before", future)):
        for time in found:
            assert len((await known.client.get(f"/images?{parameter}={time}")).json()["items"]) == 1
    for query in (f"since={future[0]}", f"before={past[0]}"):
        assert (await known.client.get(f"/images?{query}")).json()["items"] == []
    for time in ("2026-01-01T00:00:00", "yesterday", str(HUGE), "%00", "10000-01-01T00:00:00Z"):
        assert_problem(await known.client.get(f"/images?since={time}"), 422, "query.since")


async def test_too_much_at_once_is_refused(known: Known) -> None:
    tags = [f"tag {number}" for number in range(1001)]
    ids = [str(uuid4()) for _ in range(1001)]
    labelings = f"/images/{known.image}/labelings"
    assert_problem(await known.client.post(labelings, json={"tags": tags}), 422, "at most 1000 items")
    assert_problem(await known.client.post("/labelings", json={"images": ids}), 422, "at most 1000 items")
    assert_problem(await known.client.post("/labelings", json={"images": []}), 422, "at least 1 item")
    query = "&".join(f"tag={number}" for number in range(11))
    assert_problem(await known.client.get(f"/images?{query}"), 422, "at most 10 items")
    assert_problem(
        await known.client.post("/tags", content=b" " * (2 << 20), headers=JSON), 413, "larger than 1,048,576"
    )


async def test_a_tag_is_not_present_and_absent(known: Known) -> None:
    both = "present and absent at the same time"
    labels = {"tags": ["Dog"], "absent": ["DOG"]}
    assert_problem(await known.client.post(f"/images/{known.image}/labelings", json=labels), 422, both)
    annotation = {"images": [known.image], "present": ["New"], "absent": ["nEW"]}
    assert_problem(await known.client.post("/labelings", json=annotation), 422, both)


JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"\0", b"{", b"[]", b"null", b'"x"', b"[" * 100_000, b'{"name": 1}', b'{"name": NaN}'),
        *(b'{"name": "\\ud800"}', b'{"name": "\xff"}', b'{"\\ud800": 1}', b'{"name": "a\\u0000b"}'),
    ],
)
async def test_what_is_not_the_json_that_is_expected_is_refused(known: Known, body: bytes) -> None:
    assert_problem(await known.client.post("/tags", content=body, headers=JSON), 422, "")
    answer = await known.client.post(f"/images/{known.image}/labelings", content=body, headers=JSON)
    assert_problem(answer, 422, "")


async def test_another_kind_of_body_is_refused(known: Known) -> None:
    for path in ("/tags", "/images", f"/images/{known.image}/labelings", "/labelings", "/label-schemas"):
        answer = await known.client.post(path, content=b'{"name": "x"}', headers={"content-type": "text/plain"})
        assert_problem(answer, 415, "application/json")
    assert_problem(await known.client.post("/images/upload", json={"file": "x"}), 422, "body.file")


async def test_another_method_is_refused(known: Known) -> None:
    answer = await known.client.head(f"/images/{known.image}/content")
    assert (answer.status_code, answer.headers["content-type"]) == (405, MEDIA_TYPE)
    assert_problem(await known.client.put("/tags"), 405, "PUT")


async def test_a_file_that_cannot_be_kept_is_refused(known: Known, photo: Callable[..., bytes]) -> None:
    bomb = encoded(Image.new("1", (1001, 1000)), "PNG")
    for data, status, detail in [
        (b"", 415, "not an image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "not an image"),
        (photo(1)[:1000], 422, "damaged or cut off"),
        (bomb, 413, "1,001 x 1,000 pixels"),
        (bytes(200_000), 413, "larger than"),
    ]:
        answer = await known.client.post("/images/upload", files={"file": ("dog.jpg", data)})
        assert_problem(answer, status, detail)
    named = await known.client.post("/images/upload", files={"file": ("d", photo(1))}, data={"name": "a\0"})
    assert_problem(named, 422, "control characters")


@pytest.mark.parametrize("name", ["", "\0", "../../etc/passwd\n", "x" * 300, "\u202e.jpg", "a\ud7ffé.jpg", " "])
async def test_any_file_name_will_do(known: Known, photo: Callable[..., bytes], name: str) -> None:
    data = photo(len(name))
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="%b"\r\n\r\n' % (name or "a").encode()
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = await known.client.post("/images/upload", content=head + data + b"\r\n--x--\r\n", headers=headers)
    assert answer.status_code in {200, 201, 422}, answer.text
    if answer.status_code != 422:
        assert 1 <= len(answer.json()["name"]) <= 255
        assert answer.json()["name"].isprintable()
