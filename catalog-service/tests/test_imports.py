"""Imports: good rows go in, each once, whatever the others are like and wherever the job is interrupted."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text

from catalog import labeled_images
from catalog.imports import batches, importing
from catalog.imports.importing import Importer
from catalog.main import create_app
from catalog.objects import sweep_all
from catalog.settings import Settings
from catalog.storage import open_objects
from shared import jobs
from shared.database import Database
from shared.jobs import Step
from shared.jobs.queue import RetryLaterError
from shared.jobs.tables import Job
from shared.testing import client_of

NDJSON = "application/x-ndjson"
NOBODY = "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1"
HEADER = b"name,url,type,tags,absent\n"

Finished = Callable[..., Awaitable[dict[str, Any]]]
Imported = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def imported(client: httpx2.AsyncClient, finished: Finished) -> Imported:
    """Imports a file and returns the job when it is over."""

    async def imported(content: bytes, media_type: str = NDJSON, **parameters: str) -> dict[str, Any]:
        answer = await client.post("/imports", content=content, headers={"content-type": media_type}, params=parameters)
        assert answer.status_code == 202, answer.text
        return await finished(client, answer.json()["id"])

    return imported


@pytest.fixture
async def paused(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """The same catalog, but that no jobs are run."""
    async with client_of(create_app(settings.model_copy(update={"run_jobs": False}))) as client:
        yield client


@pytest.fixture
def elsewhere(settings: Settings, new_database: Callable[[], str], tmp_path: Path) -> Settings:
    """Of another catalog."""
    return settings.model_copy(update={"database_url": new_database(), "data_dir": tmp_path / "elsewhere"})


def row(number: int = 1, **fields: object) -> dict[str, object]:
    return {"name": f"{number}.jpg", "url": f"https://a.example/{number}", "type": "image/jpeg", **fields}


def lines(rows: Iterable[dict[str, object]]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in rows)


def outcome(job: dict[str, Any]) -> tuple[str, int, int]:
    return job["status"], job["done"], job["failed"]


async def uploaded(client: httpx2.AsyncClient, content: bytes) -> dict[str, Any]:
    image: dict[str, Any] = (await client.post("/images/upload", files={"file": ("a.jpg", content)})).json()
    return image


async def errors(client: httpx2.AsyncClient, job: dict[str, Any]) -> list[tuple[int, str, str]]:
    found = (await client.get(f"/jobs/{job['id']}/errors")).json()["items"]
    return [(each["number"], each["subject"], each["message"]) for each in found]


async def catalog(client: httpx2.AsyncClient) -> dict[str, tuple[int, list[str], list[str]]]:
    """Return of each image, by name, the version of its labels, and what is present and absent."""
    found = {}
    for image in (await client.get("/images", params={"limit": 1000})).json()["items"]:
        labels = (await client.get(f"/images/{image['id']}/labels")).json()
        present, absent = ([tag["name"] for tag in labels[state]] for state in ("present", "absent"))
        found[image["name"]] = labels["labeling"], present, absent
    return found


async def test_every_bad_row_is_reported_and_every_good_one_goes_in(
    client: httpx2.AsyncClient, imported: Imported, database_url: str, inconsistencies: Callable[..., Any]
) -> None:
    rows = [
        json.dumps(row(1, tags=["Cat"])).encode(),
        json.dumps(row(2, name="a\0")).encode(),
        b'{"name": "' + b"x" * (1 << 20) + b'"}',
        b'{"name": ' + b"[" * 100_000,
        b'{"name": "\\ud800\\u0041"}',
        b'{"name": "\xff"}',
        json.dumps(row(3, labeling=10**30, tags=["Dog"], absent=["Cat"], unheard_of={})).encode(),
        json.dumps({"id": NOBODY, "tags": ["Cat"]}).encode(),
        json.dumps({"sha256": "a" * 64}).encode(),
        json.dumps(row(4, tags=["Cat"], absent=["CAT"])).encode(),
        json.dumps(row(5, tags=[f"tag {number}" for number in range(1001)])).encode(),
        json.dumps(row(6, url="javascript:alert(1)")).encode(),
        b"null",
        json.dumps(row(7)).encode(),
    ]
    job = await imported(b"\xef\xbb\xbf" + b"\n\n".join(rows))
    assert outcome(job) == ("succeeded", 3, 11)
    found = await errors(client, job)
    assert [number for number, _, _ in found] == [2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13]
    reasons = {number: message for number, _, message in found}
    assert "control characters" in reasons[2]
    assert "more than 1,048,576 bytes" in reasons[3]
    assert "no image has this id" in reasons[8]
    assert "at the same time" in reasons[10]
    assert found[5][:2] == (8, NOBODY)
    assert await catalog(client) == {"1.jpg": (1, ["Cat"], []), "3.jpg": (1, ["Dog"], ["Cat"]), "7.jpg": (0, [], [])}
    assert [image["name"] for image in (await client.get("/images", params={"text": "7"})).json()["items"]] == ["7.jpg"]
    assert await inconsistencies(database_url) == []


async def test_csv_has_its_tags_as_arrays_or_between_semicolons(client: httpx2.AsyncClient, imported: Imported) -> None:
    rows = (
        b'1.jpg,https://a.example/1,image/jpeg,"[""Cat"", ""a;b""]",\r\n'
        b'"""2"".jpg",https://a.example/2,image/jpeg,Cat; Dog,Bird\r\n'
        b"3.jpg,https://a.example/3,image/jpeg,,,\r\n"
        b'4.jpg,https://a.example/4,image/jpeg,[1],"[""Dog"'
    )
    job = await imported(b"\xef\xbb\xbf" + HEADER + rows, "text/csv; charset=utf-8")
    assert outcome(job) == ("succeeded", 2, 2)
    assert [(number, subject[:5]) for number, subject, _ in await errors(client, job)] == [(3, "3.jpg"), (4, "4.jpg")]
    assert await catalog(client) == {"1.jpg": (1, ["a;b", "Cat"], []), '"2".jpg': (1, ["Cat", "Dog"], ["Bird"])}


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"a,b\n1,2\n", "The first line cannot be read: it must name the columns"),
        (b"url,URL \n", "two columns have the same name"),
        (b'"url\n', "The first line cannot be read: the row is not CSV"),
        (b"url,name\r1,2\r", "not with CR alone"),
        (b"x" * (1 << 20) + b"y,url\n", "more than 1,048,576 bytes"),
        (HEADER + b'"' + b"1.jpg,\n" * 200_000, "is a quote not closed?"),
    ],
)
async def test_a_csv_file_that_cannot_be_read_fails_as_a_whole(imported: Imported, content: bytes, error: str) -> None:
    job = await imported(content, "text/csv")
    assert outcome(job) == ("failed", 0, 0)
    assert error in job["error"]


@pytest.mark.parametrize(
    ("content", "kind"), [(b"", NDJSON), (b"", "text/csv"), (b"\n\r\n", NDJSON), (HEADER, "text/csv")]
)
async def test_a_file_of_no_rows_is_done_at_once(imported: Imported, content: bytes, kind: str) -> None:
    job = await imported(content, kind)
    assert outcome(job) == ("succeeded", 0, 0)
    assert job["progress"] == 1


@pytest.mark.parametrize(("kind", "media_type"), [("ndjson", NDJSON), ("csv", "text/csv")])
async def test_what_was_exported_is_imported_as_it_was(
    client: httpx2.AsyncClient,
    imported: Imported,
    finished: Finished,
    elsewhere: Settings,
    kind: str,
    media_type: str,
) -> None:
    schema = (await client.post("/label-schemas", json={"name": "Animals", "tags": ["Cat", "Dog"]})).json()["id"]
    labels: list[dict[str, Any] | None] = [
        {"tags": ["Cat"], "absent": ['=a";,']},
        {"tags": [], "label_schema": schema, "author": "mai"},
        {"tags": ["Cat", "Dog"], "label_schema": schema},
        {"tags": []},
        None,
    ]
    for number, said in enumerate(labels):
        image = await client.post("/images", json=row(number, name=f"={number},\"'.jpg"))
        if said is not None:
            assert (await client.post(f"/images/{image.json()['id']}/labelings", json=said)).status_code == 201
    before = await catalog(client)
    exported = (await client.get("/images/export", params={"format": kind})).content
    assert outcome(await imported(exported, media_type)) == ("succeeded", 5, 0)
    again = await catalog(client)
    assert {name: said[1:] for name, said in again.items()} == {name: said[1:] for name, said in before.items()}
    assert sorted(version for version, _, _ in again.values()) == [0, 2, 2, 2, 2]
    async with client_of(create_app(elsewhere)) as other:
        answer = await other.post("/imports", content=exported, headers={"content-type": media_type})
        assert outcome(await finished(other, answer.json()["id"])) == ("succeeded", 5, 0)
        assert await catalog(other) == before


async def test_rows_of_images_that_exist_are_their_next_labelings_in_order(
    client: httpx2.AsyncClient,
    imported: Imported,
    photo: Callable[..., bytes],
    database_url: str,
    inconsistencies: Callable[..., Any],
) -> None:
    image = await uploaded(client, photo(0))
    rows: list[dict[str, object]] = [
        {"id": image["id"], "tags": ["Cat"], "author": "mai"},
        {"sha256": image["sha256"], "tags": ["Dog"], "absent": ["Cat"], "author": "ida"},
        {"id": NOBODY, "sha256": image["sha256"], "tags": ["Bird"], "author": "mai", "comment": "third"},
        {"id": image["id"]},
        {"id": image["id"], "tags": ["Cat"], "author": "mai", "source": "model"},
    ]
    assert outcome(await imported(lines(rows))) == ("succeeded", 5, 0)
    history = (await client.get(f"/images/{image['id']}/labelings")).json()["items"]
    assert [
        (each["version"], [tag["name"] for tag in each["tags"]], each["author"], each["source"], each["comment"])
        for each in history
    ] == [
        (4, ["Cat"], "mai", "model", None),
        (3, ["Bird"], "mai", "import", "third"),
        (2, ["Dog"], "ida", "import", None),
        (1, ["Cat"], "mai", "import", None),
    ]
    assert await inconsistencies(database_url) == []


async def test_a_synonym_stands_for_its_tag(
    client: httpx2.AsyncClient, imported: Imported, database_url: str, inconsistencies: Callable[..., Any]
) -> None:
    cat, feline = [(await client.post("/tags", json={"name": name})).json()["id"] for name in ("Cat", "Feline")]
    assert (await client.post(f"/tags/{feline}/merge", json={"into": cat})).status_code == 200
    job = await imported(
        lines([row(1, tags=["feline", "CAT"]), row(2, absent=["Feline"]), row(3, tags=["Cat"], absent=["Feline"])])
    )
    assert await catalog(client) == {"1.jpg": (1, ["Cat"], []), "2.jpg": (1, [], ["Cat"])}
    assert [number for number, _, _ in await errors(client, job)] == [3]
    assert await inconsistencies(database_url) == []


async def test_images_go_into_a_dataset_and_under_a_label_schema(
    client: httpx2.AsyncClient, imported: Imported, photo: Callable[..., bytes]
) -> None:
    dataset = (await client.post("/datasets", json={"name": "Garden"})).json()["id"]
    schema = (await client.post("/label-schemas", json={"name": "Animals", "tags": ["Cat", "Dog"]})).json()["id"]
    image = await uploaded(client, photo(0))
    rows = [row(1, tags=["Cat"]), row(2), row(3, absent=["Cow"]), {"id": image["id"]}, {"id": image["id"]}]
    job = await imported(lines(rows), dataset=dataset, label_schema=schema, author="mai")
    assert outcome(job) == ("succeeded", 5, 0)
    assert (await client.get(f"/datasets/{dataset}")).json()["images"] == 4
    assert await catalog(client) == {
        "a.jpg": (0, [], []),
        "1.jpg": (1, ["Cat"], ["Dog"]),
        "2.jpg": (0, [], []),
        "3.jpg": (1, [], ["Cat", "Cow", "Dog"]),
    }
    labeled = (await client.get("/images", params={"tag": "Cat"})).json()["items"][0]["id"]
    said = (await client.get(f"/images/{labeled}/labelings/1")).json()
    assert (said["author"], said["label_schema"]["name"], said["label_schema"]["version"]) == ("mai", "Animals", 1)


async def test_many_different_sets_of_absent_tags_are_kept_in_parts(
    client: httpx2.AsyncClient, imported: Imported, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = {"url": "https://a.example/", "type": "image/jpeg"}
    rows = [{**new, "name": str(number), "absent": [f"tag {tag}" for tag in range(number)]} for number in range(9)]
    monkeypatch.setattr(batches, "MAX_NEW_TAGS", 10)
    monkeypatch.setattr(labeled_images, "BATCH", 2)
    monkeypatch.setattr(labeled_images, "MAX_COVERAGES", 3)
    assert (await imported("\n".join(map(json.dumps, rows)).encode()))["done"] == 9
    exported = (await client.get("/images/export")).text.splitlines()
    assert sorted(len(json.loads(line)["absent"]) for line in exported) == list(range(9))


async def test_the_same_key_imports_nothing_twice(
    client: httpx2.AsyncClient, finished: Finished, database: Database
) -> None:
    body = lines([row(number) for number in range(3)])
    headers = {"content-type": NDJSON, "idempotency-key": "monday"}
    answers = await asyncio.gather(*(client.post("/imports", content=body, headers=headers) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 202]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert outcome(await finished(client, answers[0].json()["id"])) == ("succeeded", 3, 0)
    assert (await client.post("/imports", content=body, headers=headers)).json()["status"] == "succeeded"
    others = [
        await client.post("/imports", content=body + b"\n", headers=headers),
        await client.post("/imports", content=body, headers=headers, params={"author": "mai"}),
        await client.post("/imports", content=body, headers=headers | {"content-type": "text/csv"}),
    ]
    assert [answer.status_code for answer in others] == [422, 422, 422]
    async with database.session() as session:
        assert (await session.execute(text("SELECT count(*) FROM images"))).scalar() == 3


@pytest.mark.parametrize(
    ("media_type", "parameters", "status"),
    [
        ("text/plain", {}, 415),
        ("", {}, 415),
        (NDJSON, {"dataset": NOBODY}, 404),
        (NDJSON, {"label_schema": NOBODY}, 404),
        (NDJSON, {"author": "\0"}, 422),
    ],
)
async def test_what_cannot_be_imported_is_refused(
    client: httpx2.AsyncClient, media_type: str, parameters: dict[str, str], status: int
) -> None:
    answer = await client.post("/imports", content=b"", headers={"content-type": media_type}, params=parameters)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert (await client.get("/jobs")).json()["items"] == []


@pytest.mark.parametrize("declared", [True, False])
async def test_a_file_that_is_too_large_is_refused_and_not_kept(
    settings: Settings, tmp_path: Path, declared: bool
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b" " * 100_000

    small = settings.model_copy(update={"max_import_bytes": 1_000_000})
    async with client_of(create_app(small)) as client:
        content = b" " * 1_100_000 if declared else chunks()
        answer = await client.post("/imports", content=content, headers={"content-type": NDJSON})
        assert (answer.status_code, answer.json()["detail"]) == (413, "The body is larger than 1,000,000 bytes.")
        assert (await client.get("/jobs")).json()["items"] == []
    assert [path for path in (tmp_path / "objects").rglob("*") if path.is_file()] == []


async def test_a_file_is_kept_until_its_job_is_over(
    paused: httpx2.AsyncClient, database: Database, settings: Settings
) -> None:
    store = open_objects(settings)
    job_id = UUID(
        (await paused.post("/imports", content=lines([row()]), headers={"content-type": NDJSON})).json()["id"]
    )
    assert await sweep_all(database, store, timedelta(0)) == 1
    await jobs.run(database, job_id, Importer(database, store), asyncio.Event())
    assert outcome((await paused.get(f"/jobs/{job_id}")).json()) == ("succeeded", 1, 0)
    await sweep_all(database, store, timedelta(0))
    assert list((settings.data_dir / "objects" / "imports").iterdir()) == []


async def test_a_dataset_that_is_deleted_meanwhile_fails_the_job(
    paused: httpx2.AsyncClient, database: Database, settings: Settings
) -> None:
    dataset = (await paused.post("/datasets", json={"name": "Garden"})).json()["id"]
    answer = await paused.post(
        "/imports", content=lines([row()]), headers={"content-type": NDJSON}, params={"dataset": dataset}
    )
    assert (await paused.delete(f"/datasets/{dataset}")).status_code == 204
    job_id = UUID(answer.json()["id"])
    await jobs.run(database, job_id, Importer(database, open_objects(settings)), asyncio.Event())
    job = (await paused.get(f"/jobs/{job_id}")).json()
    assert (job["status"], job["error"]) == ("failed", f"No dataset has the id {dataset}.")
    assert await catalog(paused) == {}


async def test_an_image_that_is_deleted_meanwhile_fails_its_row_alone(
    paused: httpx2.AsyncClient, database: Database, settings: Settings, photo: Callable[..., bytes]
) -> None:
    image = await uploaded(paused, photo(0))
    body = lines([{"id": image["id"], "tags": ["Cat"]}, row(1)])
    job_id = UUID((await paused.post("/imports", content=body, headers={"content-type": NDJSON})).json()["id"])
    importer = Importer(database, open_objects(settings))

    async def steps(job: Job) -> Step | None:
        step = await importer(job)
        await paused.delete(f"/images/{image['id']}")
        return step

    await jobs.run(database, job_id, steps, asyncio.Event())
    job = (await paused.get(f"/jobs/{job_id}")).json()
    assert outcome(job) == ("succeeded", 1, 1)
    assert [number for number, _, _ in await errors(paused, job)] == [1]


@pytest.mark.parametrize("kind", [NDJSON, "text/csv"])
async def test_a_job_goes_on_from_wherever_it_was_stopped(
    paused: httpx2.AsyncClient, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(importing, "BATCH_ROWS", 2)
    rows: list[dict[str, object]] = [row(number) if number % 3 else {"id": "wrong"} for number in range(9)]
    content = lines(rows)
    if kind == "text/csv":
        names = ("id", "name", "url", "type")
        table = [names, *[[each.get(name, "") for name in names] for each in rows]]
        content = "\r\n".join(",".join(map(str, cells)) for cells in table).encode()
    answer = await paused.post("/imports", content=content, headers={"content-type": kind})
    job_id, stops = UUID(answer.json()["id"]), 0
    while (await paused.get(f"/jobs/{job_id}")).json()["status"] in {"queued", "running"}:
        importer = Importer(database, open_objects(settings))
        calls = 0

        async def step(job: Job) -> Step | None:
            nonlocal calls
            calls += 1
            if calls == 2:
                raise RetryLaterError("Stopped after one step.")
            return await importer(job)  # noqa: B023 it is called in this turn of the loop

        try:
            await jobs.run(database, job_id, step, asyncio.Event())
        except RetryLaterError:
            stops += 1
    job = (await paused.get(f"/jobs/{job_id}")).json()
    assert (outcome(job), stops) == (("succeeded", 6, 3), 5)
    assert [number for number, _, _ in await errors(paused, job)] == [1, 4, 7]
    assert len(await catalog(paused)) == 6
