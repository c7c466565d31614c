"""Exports over HTTP: whole files of one moment, or none that looks whole; and a bound on how many at a time."""

import asyncio
import csv
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import rmtree
from socket import SO_RCVBUF, SOL_SOCKET, socket
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx2
import pytest

from catalog.exports import tar
from shared.errors import MEDIA_TYPE
from shared.testing import server_process

MANY = 20_000
"""Images whose export is longer than what a connection holds on its way."""

ADD_MANY = """
    INSERT INTO images (id, name, url, type)
    SELECT ('019aa1b2-7c3d-7e4f-8a5b-' || lpad(to_hex(number), 12, '0'))::uuid, repeat('x', 250), 'https://a.example/',
    'image/jpeg' FROM generate_series(1, $1::int) AS number
"""


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a service with a single place for exports."""
    environment = {
        "CATALOG_DATABASE_URL": database_url,
        "CATALOG_DATA_DIR": str(tmp_path),
        "CATALOG_EXPORTS": "1",
        "CATALOG_DATABASE_POOL": "2",
    }
    with server_process("catalog", "CATALOG_", environment) as (_, url):
        yield url


@pytest.fixture
def many(database_url: str) -> None:
    run(database_url, ADD_MANY, MANY)


def run(url: str, statement: str, *values: object) -> list[Any]:
    async def run() -> list[Any]:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetch(statement, *values)
        finally:
            await connection.close()

    return asyncio.run(run())


def begun(url: str, path: str = "/images/export") -> socket:
    """Ask for an export and read no more than its first bytes."""
    address = urlsplit(url)
    connection = socket()
    connection.setsockopt(SOL_SOCKET, SO_RCVBUF, 4096)
    connection.connect((address.hostname, address.port))
    connection.sendall(f"GET {path} HTTP/1.1\r\nhost: catalog\r\nconnection: close\r\n\r\n".encode())
    assert connection.recv(12) == b"HTTP/1.1 200"
    return connection


@pytest.mark.usefixtures("many")
def test_one_export_too_many_is_refused_at_once(server: str) -> None:
    with begun(server):
        refused = httpx2.get(f"{server}/images/export")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert refused.headers["content-type"] == MEDIA_TYPE


@pytest.mark.usefixtures("many")
def test_a_client_that_goes_away_gives_its_place_and_connection_back(database_url: str, server: str) -> None:
    for _ in range(5):
        begun(server).close()
        deadline = monotonic() + 10
        while (answer := httpx2.get(f"{server}/images/export?tag=Brid")).status_code == 503 and monotonic() < deadline:
            sleep(0.05)
        assert answer.status_code == 404
    assert httpx2.get(f"{server}/images/export", timeout=60).text.count("\n") == MANY
    in_transaction = "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
    assert run(database_url, in_transaction) == []


@pytest.mark.usefixtures("many")
def test_an_export_is_of_one_moment(server: str) -> None:
    last = f"019aa1b2-7c3d-7e4f-8a5b-{MANY:012x}"
    with begun(server) as connection:
        assert httpx2.post(f"{server}/images/{last}/tags", json={"tag": "Cat"}).status_code == 200
        new = {"name": "new.jpg", "url": "https://a.example/", "type": "image/jpeg"}
        assert httpx2.post(f"{server}/images", json=new).status_code == 201
        content = b"".join(iter(lambda: connection.recv(1 << 20), b""))
    rows = [line for line in content.splitlines() if line.startswith(b"{")]
    assert json.loads(rows[-1])["id"] == last
    assert json.loads(rows[-1])["labeling"] is None
    assert b"new.jpg" not in content


@pytest.mark.parametrize("kind", ["imagefolder", "webdataset"])
def test_a_file_without_all_its_images_is_cut_off(
    server: str, tmp_path: Path, photo: Callable[..., bytes], kind: str
) -> None:
    hashes = [
        httpx2.post(f"{server}/images/upload", files={"file": photo(number, 2400, 1800)}).json()["sha256"]
        for number in range(2)
    ]
    path = f"{server}/images/export?format={kind}"
    assert httpx2.get(path).content.endswith(tar.END)
    (tmp_path / "objects" / "images" / hashes[1][:2] / hashes[1]).unlink()
    with httpx2.stream("GET", path) as answer, pytest.raises(httpx2.RemoteProtocolError):
        answer.read()
    assert answer.status_code == 200
    rmtree(tmp_path / "objects" / "images")
    failed = httpx2.get(path)
    assert (failed.status_code, failed.headers["content-type"]) == (500, MEDIA_TYPE)


@pytest.fixture
async def cat(client: httpx2.AsyncClient, photo: Callable[..., bytes]) -> str:
    """An image with a cat and no dog; there is another one that nobody labeled."""
    ids = [
        (await client.post("/images/upload", files={"file": ("a.jpg", photo(number))})).json()["id"]
        for number in range(2)
    ]
    await client.post(f"/images/{ids[0]}/labelings", json={"tags": ["Cat"], "absent": ["Dog"]})
    return str(ids[0])


@pytest.mark.parametrize(
    ("kind", "media_type", "name"),
    [
        ("ndjson", "application/x-ndjson", "images.ndjson"),
        ("csv", "text/csv; charset=utf-8; header=present", "images.csv"),
        ("coco", "application/json", "images.json"),
        ("imagefolder", "application/x-tar", "images.tar"),
        ("webdataset", "application/x-tar", "images.tar"),
    ],
)
async def test_what_a_filter_finds_is_exported_in_every_format(
    client: httpx2.AsyncClient, cat: str, kind: str, media_type: str, name: str
) -> None:
    answer = await client.get("/images/export", params={"tag": "cat", "format": kind})
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert labels_in(kind, answer.content) == {cat: (["Cat"], ["Dog"])}


def labels_in(kind: str, content: bytes) -> dict[str, tuple[list[str], list[str]]]:
    """Return what is present and absent of each image of an export."""
    if kind == "coco":
        document = json.loads(content)
        names = {category["id"]: category["name"] for category in document["categories"]}
        return {
            image["uuid"]: (
                [names[each["category_id"]] for each in document["annotations"] if each["image_id"] == image["id"]],
                [names[number] for number in image["neg_category_ids"]],
            )
            for image in document["images"]
        }
    if kind == "csv":
        rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
        return {row["id"]: (json.loads(row["present"]), json.loads(row["absent"])) for row in rows}
    lines = content if kind == "ndjson" else b"\n".join(json_files(content))
    return {row["id"]: (row["present"], row["absent"]) for row in map(json.loads, lines.split())}


def json_files(content: bytes) -> Iterator[bytes]:
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for entry in archive:
            file = archive.extractfile(entry)
            if file and entry.name.endswith(("json", "jsonl")) and entry.name != "features.json":
                yield file.read()


async def test_what_cannot_be_exported_is_refused_before_it_begins(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/images/export", params={"tag": "Brid"})).status_code == 404
    assert (await client.get("/images/export", params={"format": "xml"})).status_code == 422
    assert (await client.get("/images/export")).content == b""
