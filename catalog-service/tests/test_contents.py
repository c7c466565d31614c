"""The bytes of an image over HTTP: whole, in part, again, small, and gone."""

import io
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from PIL import Image

from catalog.settings import Settings
from shared.errors import MEDIA_TYPE


@pytest.fixture
def data(photo: Callable[..., bytes]) -> bytes:
    return photo(1)


@pytest.fixture
async def path(client: httpx2.AsyncClient, data: bytes) -> str:
    """Of the image that `data` is."""
    answer = await client.post("/images/upload", files={"file": ("dog.png", data)})
    return f"/images/{answer.json()['id']}"


def stored(settings: Settings) -> list[Path]:
    return [file for file in settings.data_dir.rglob("images/*/*") if file.is_file()]


async def test_what_was_uploaded_comes_back(client: httpx2.AsyncClient, path: str, data: bytes) -> None:
    whole = await client.get(f"{path}/content")
    assert (whole.status_code, whole.content) == (200, data)
    assert whole.headers["content-type"] == "image/jpeg"  # as its content says, not its name
    assert whole.headers["content-length"] == str(len(data))
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in whole.headers["content-security-policy"]


async def test_what_the_client_has_already_is_not_sent(client: httpx2.AsyncClient, path: str) -> None:
    for part in ("content", "thumbnail"):
        tag = (await client.get(f"{path}/{part}")).headers["etag"]
        for matching in (tag, f'"other", W/{tag}', "*"):
            again = await client.get(f"{path}/{part}", headers={"if-none-match": matching})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        other = await client.get(f"{path}/{part}", headers={"if-none-match": '"other"'})
        assert other.status_code == 200


async def test_a_part_is_sent_with_its_place(client: httpx2.AsyncClient, path: str, data: bytes) -> None:
    size = len(data)
    parts = {"2-5": (2, 6), f"{size - 3}-": (size - 3, size), "-4": (size - 4, size), "9-9999999": (9, size)}
    for asked, (start, end) in parts.items():
        part = await client.get(f"{path}/content", headers={"range": f"bytes={asked}"})
        assert (part.status_code, part.content) == (206, data[start:end])
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
        assert part.headers["content-length"] == str(end - start)


async def test_a_part_of_another_version_is_not_sent(client: httpx2.AsyncClient, path: str, data: bytes) -> None:
    tag = (await client.get(f"{path}/content")).headers["etag"]
    for condition, status in ((tag, 206), ('"other"', 200), (f"W/{tag}", 200), ("Sat, 21 Nov 2026 07:00:00 GMT", 200)):
        answer = await client.get(f"{path}/content", headers={"range": "bytes=0-0", "if-range": condition})
        assert answer.status_code == status, condition
        assert answer.content == (data[:1] if status == 206 else data)


async def test_a_part_behind_the_end_is_refused(client: httpx2.AsyncClient, path: str, data: bytes) -> None:
    refusal = await client.get(f"{path}/content", headers={"range": f"bytes={len(data)}-"})
    assert (refusal.status_code, refusal.headers["content-range"]) == (416, f"bytes */{len(data)}")
    assert refusal.json()["detail"] == f"The image has {len(data):,} bytes."


async def test_a_thumbnail_is_small(client: httpx2.AsyncClient, path: str) -> None:
    answer = await client.get(f"{path}/thumbnail?side=40")
    assert answer.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(answer.content)).size == (40, 30)


async def test_of_a_registered_image_only_the_url_is_known(client: httpx2.AsyncClient) -> None:
    body = {"name": "dog.jpg", "url": "https://example.org/dog.jpg", "type": "image/jpeg"}
    image = (await client.post("/images", json=body)).json()
    for part in ("content", "thumbnail"):
        answer = await client.get(f"/images/{image['id']}/{part}")
        assert answer.status_code == 404
        assert "https://example.org/dog.jpg" in answer.json()["detail"]


async def test_a_deleted_image_is_gone_with_its_bytes(
    client: httpx2.AsyncClient, path: str, settings: Settings
) -> None:
    assert len(stored(settings)) == 1
    assert (await client.delete(path)).status_code == 204
    assert stored(settings) == []
    for gone in (path, f"{path}/content", f"{path}/thumbnail", f"{path}/labels"):
        assert (await client.get(gone)).status_code == 404
    assert (await client.delete(path)).status_code == 404


async def test_bytes_that_go_while_they_are_asked_for_are_not_found(
    client: httpx2.AsyncClient, path: str, settings: Settings
) -> None:
    stored(settings)[0].unlink()
    for part in ("content", "thumbnail"):
        answer = await client.get(f"{path}/{part}")
        assert (answer.status_code, answer.headers["content-type"]) == (404, MEDIA_TYPE)
