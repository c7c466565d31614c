"""`/models`: versions are swapped, rolled back and shadowed under real traffic, and no request fails."""

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image

from shared.images.testing import Encode
from shared.testing import client_of
from vision.main import create_app
from vision.models.card import ModelCard
from vision.models.repository import Repository
from vision.settings import Settings

JPEG = {"content-type": "image/jpeg"}
METADATA = b"\x72\x06\x0a\x01n\x12\x01"
"""To the end of an ONNX file: its metadata `n` is the byte that follows. It computes the same and is another file."""


def add_version(repository: Repository, card: ModelCard, path: Path, folder: Path, number: int) -> ModelCard:
    copy = folder / f"{number}.onnx"
    copy.write_bytes(path.read_bytes() + METADATA + bytes([number]))
    sha256 = hashlib.sha256(copy.read_bytes()).hexdigest()
    return repository.add(card.model_copy(update={"sha256": sha256}), copy, serve=False)


@pytest.fixture
def versions(repository: Repository, tmp_path: Path) -> tuple[Repository, str, list[str]]:
    """A repository with three versions of one model, its name, and the versions, the one in service first."""
    name = repository.default(None)
    card, path = repository.load(name, repository.serving(name).version)
    copy = Repository(tmp_path / "models")
    shutil.copy(path, tmp_path / "first.onnx")
    copy.add(card, tmp_path / "first.onnx")
    others = [add_version(copy, card, path, tmp_path, number) for number in (49, 50)]
    return copy, name, [card.version, *(other.version for other in others)]


@pytest.fixture
async def serving(versions: tuple[Repository, str, list[str]]) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(create_app(settings_of(versions[0]))) as client:
        yield client


def settings_of(repository: Repository, **options: Any) -> Settings:
    return Settings(model_dir=repository.folder, tuning_seconds=0, cache_bytes=0, max_batch=4, **options)


@pytest.fixture
def image(photo: Image.Image, encode: Encode) -> bytes:
    return encode(photo, "JPEG")


async def ask(client: httpx2.AsyncClient, image: bytes) -> str:
    answer = await client.post("/predictions", content=image, headers=JPEG)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["model"]["version"])


async def seen(client: httpx2.AsyncClient, path: str, images: int) -> dict[str, Any]:
    """Wait until the candidate has seen so many, and return the report."""
    for _ in range(1000):
        report: dict[str, Any] = (await client.get(path)).json()
        if report["images"] >= images:
            return report
        await asyncio.sleep(0.02)
    raise TimeoutError(report)


async def test_versions_are_swapped_and_rolled_back_under_load(
    serving: httpx2.AsyncClient, versions: tuple[Repository, str, list[str]], image: bytes
) -> None:
    repository, name, (first, second, third) = versions
    answered: list[str] = []
    over = asyncio.Event()

    async def go_on_asking() -> None:
        while not over.is_set():
            answered.append(await ask(serving, image))

    async def have_answers_of(version: str) -> None:
        for _ in range(1000):
            if version in answered:
                return
            await asyncio.sleep(0.02)
        raise TimeoutError(f"Nobody was answered by {version}.")

    async with asyncio.TaskGroup() as clients:
        for _ in range(6):
            clients.create_task(go_on_asking())
        await have_answers_of(first)
        for version in (second, third):
            loaded = await serving.post(f"/models/{name}/load", json={"version": version})
            assert (loaded.status_code, loaded.json()["version"]) == (200, version)
            assert await ask(serving, image) == version
            await have_answers_of(version)
        assert (await serving.post(f"/models/{name}/rollback")).json()["version"] == second
        assert await ask(serving, image) == second
        over.set()
    assert set(answered) == {first, second, third}
    assert repository.serving(name).version == second  # also for the next start
    async with client_of(create_app(settings_of(repository))) as again:
        assert await ask(again, image) == second


async def test_what_is_told_of_models(serving: httpx2.AsyncClient, versions: tuple[Repository, str, list[str]]) -> None:
    _, name, (first, *_) = versions
    (listed,) = (await serving.get("/models")).json()["models"]
    assert (listed["name"], listed["loaded"], listed["default"], listed["version"]) == (name, True, True, first)
    assert [version["version"] for version in listed["versions"] if version["in_service"]] == [first]
    assert {version["version"] for version in listed["versions"]} == set(versions[2])
    assert listed["versions"][0]["preprocessing"]["crop_size"] == 224
    detail = (await serving.get(f"/models/{name}")).json()
    assert (len(detail.pop("labels")), detail) == (1000, listed)


async def test_a_model_is_loaded_beside_another_and_unloaded(
    versions: tuple[Repository, str, list[str]], image: bytes, tmp_path: Path
) -> None:
    repository, name, (first, *_) = versions
    card, path = repository.load(name, first)
    shutil.copy(path, tmp_path / "other.onnx")
    repository.add(card.model_copy(update={"name": "other", "stands_in_for": None}), tmp_path / "other.onnx")
    async with client_of(create_app(settings_of(repository, models=(name,)))) as client:
        asked: dict[str, Any] = {"content": image, "headers": JPEG}
        absent = await client.post("/predictions?model=other", **asked)
        assert (absent.status_code, "POST models/other/load" in absent.json()["detail"]) == (503, True)
        assert (await client.post("/models/other/load", json={})).json()["default"] is False
        assert (await client.post("/predictions?model=other", **asked)).json()["model"]["name"] == "other"
        assert (await client.post("/models/other/unload")).json()["loaded"] is False
        assert (await client.post("/predictions?model=other", **asked)).status_code == 503
        assert (await client.post(f"/models/{name}/unload")).status_code == 409
        assert (await client.get("/readyz")).status_code == 200


async def test_a_candidate_in_the_shadow_is_compared_and_never_answers(
    serving: httpx2.AsyncClient, versions: tuple[Repository, str, list[str]], image: bytes
) -> None:
    _, name, (first, second, _) = versions
    path = f"/models/{name}/shadow"
    assert (await serving.get(path)).status_code == 404
    started = await serving.put(path, json={"version": second, "share": 1})
    assert (started.status_code, started.json()["images"]) == (200, 0)
    for _ in range(3):
        assert await ask(serving, image) == first
    report = await seen(serving, path, 3)
    assert (report["version"], report["top1_agreement"], report["disagreements"]) == (second, 1, [])
    assert report["rank_correlation"] == pytest.approx(1, abs=1e-4)
    assert report["confidence_difference"] == pytest.approx(0, abs=1e-5)
    assert report["candidate_latency"]["p50"] > 0
    assert (await serving.delete(path)).status_code == 204
    assert (await serving.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "text"),
    [
        ("GET", "/models/nothing", None, 404, "no model 'nothing'"),
        ("POST", "/models/nothing/load", {}, 404, "no model 'nothing'"),
        ("POST", "/models/{name}/load", {"version": "0" * 12}, 404, "no version '000000000000'"),
        ("POST", "/models/{name}/load", {"version": "../../../etc"}, 404, "no version"),
        ("POST", "/models/..%2F..%2Fetc/load", {}, 404, ""),
        ("POST", "/models/{name}/rollback", None, 409, "before this one"),
        ("PUT", "/models/{name}/shadow", {"version": "0" * 12}, 404, "no version"),
        ("PUT", "/models/{name}/shadow", {"version": "0" * 12, "share": 2}, 422, "share"),
        ("POST", "/predictions?model=nothing", None, 422, "body is empty"),
    ],
)
async def test_what_cannot_be_done_is_said(
    serving: httpx2.AsyncClient,
    versions: tuple[Repository, str, list[str]],
    method: str,
    path: str,
    body: dict[str, Any] | None,
    status: int,
    text: str,
) -> None:
    answer = await serving.request(method, path.format(name=versions[1]), json=body)
    assert answer.status_code == status, answer.text
    assert text in answer.text


async def test_a_damaged_version_is_not_put_into_service(
    serving: httpx2.AsyncClient, versions: tuple[Repository, str, list[str]], image: bytes
) -> None:
    repository, name, (first, second, _) = versions
    path = repository.load(name, second)[1]
    path.write_bytes(path.read_bytes()[:-1])
    answer = await serving.post(f"/models/{name}/load", json={"version": second})
    assert (answer.status_code, "is damaged" in answer.json()["detail"]) == (503, True)
    assert await ask(serving, image) == first
