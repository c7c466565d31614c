"""What was backed up while people worked comes back to the last byte: the data is removed, restored and compared."""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any, Final

import httpx2
import pytest
from PIL import Image

from fleet.testing import RunningFleet

ROOT: Final = Path(__file__).parents[2]
URL: Final = "postgresql://catalog:hidden@127.0.0.1:9/catalog"
EMBEDDED: Final = "deploy/backup/embedded.py"
IMAGES: Final = 5
FORMATS: Final = ("ndjson", "csv", "coco", "imagefolder", "webdataset")


@dataclass
class Restored:
    """A fleet whose data was removed and restored, and what it had told before."""

    fleet: RunningFleet
    data: dict[str, str]
    ids: dict[str, str]
    backup: Path
    told: dict[str, Any] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    """SHA-256 of images whose upload had been answered before the backup began."""
    late: set[str] = field(default_factory=set)
    """Those that were uploaded while it went on."""


def embedded(data: dict[str, str], *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the script as the manual says."""
    command = [sys.executable, EMBEDDED, *map(str, words)]
    environment = {**os.environ, **data}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def read_all(client: httpx2.Client, path: str, **query: Any) -> list[dict[str, Any]]:
    """Return all items of a list, page by page."""
    items: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.get(path, params={**query, "limit": 100, **({"cursor": cursor} if cursor else {})}).json()
        items += page["items"]
        cursor = page["next_cursor"]
    return items


def tell(client: httpx2.Client, ids: dict[str, str]) -> dict[str, Any]:
    """What is known of the sample, where later writes change nothing."""
    snapshot, project = f"/catalog/snapshots/{ids['snapshot_id']}", f"/debugger/projects/{ids['project_id']}"
    paths = [
        *(f"{snapshot}/export?format={name}" for name in FORMATS),
        snapshot,
        f"/catalog/datasets/{ids['dataset_id']}",
        f"/catalog/label-schemas/{ids['schema_id']}",
        f"/catalog/images/{ids['image_id']}/labelings",
        f"/catalog/images/{ids['image_id']}/content",
        f"{project}",
        f"{project}/versions",
        f"{project}/rows?limit=100",
        f"{project}/rows/1",
        f"{project}/export?format=csv",
        f"{project}/export?format=csv&version=1",
        f"{project}/export?format=jsonl",
        f"{project}/differences?from=1",
        f"{project}/jobs",
    ]
    told = {}
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.text)
        told[path] = answer.content
    return told


def keep_writing(url: str, stop: Event, seen: list[str]) -> None:
    with httpx2.Client(base_url=url, timeout=60) as client:
        while not stop.is_set():
            file = BytesIO()
            Image.effect_noise((64, 48), 70).save(file, "PNG")
            form = {"file": (f"late-{len(seen)}.png", file.getvalue(), "image/png")}
            image = client.post("/catalog/images/upload", files=form).json()
            labels = {"tags": ["Late"], "author": "mai"}
            assert client.post(f"/catalog/images/{image['id']}/labelings", json=labels).status_code == 201
            seen.append(image["sha256"])


@pytest.fixture(scope="module")
def restored(
    fill_catalog: Callable[..., dict[str, str]], fill_debugger: Callable[..., dict[str, str]]
) -> Iterator[Restored]:
    """A fleet that was filled, backed up while somebody wrote, destroyed and restored."""
    # Not in pytest's folder: each run of pytest closes that to all other users, and root's server runs as another one.
    with TemporaryDirectory(prefix="fleet-") as folder:
        fleet = RunningFleet(Path(folder) / "fleet")
        data = {"CATALOG_DATA_DIR": str(fleet.folder / "catalog"), "DEBUGGER_DATA_DIR": str(fleet.folder / "debugger")}
        try:
            with httpx2.Client(base_url=fleet.url, timeout=60) as client:
                ids = {**fill_catalog(client, IMAGES), **fill_debugger(client)}
                restored = Restored(fleet, data, ids, Path(folder) / "backup", tell(client, ids))
                back_up_while_somebody_writes(restored)
            assert fleet.stop() == 0
            for name in data.values():
                rmtree(name)
            run = embedded(data, "restore", restored.backup)
            assert run.returncode == 0, run.stderr + run.stdout
            assert re.search(r"\d+ images read, 0 missing or other than they were", run.stdout)
            fleet.start()
            yield restored
        finally:
            if fleet.process.poll() is None:
                fleet.stop()


def back_up_while_somebody_writes(restored: Restored) -> None:
    stop, seen = Event(), list[str]()
    writer = Thread(target=keep_writing, args=(restored.fleet.url, stop, seen))
    writer.start()
    while len(seen) < 3:
        assert writer.is_alive()
        stop.wait(0.05)
    restored.acknowledged = set(seen)
    run = embedded(restored.data, "dump", restored.backup)
    restored.late = set(seen) - restored.acknowledged
    stop.set()
    writer.join()
    assert run.returncode == 0, run.stderr


@pytest.fixture(scope="module")
def client(restored: Restored) -> Iterator[httpx2.Client]:
    """Somebody who asks the restored fleet."""
    with httpx2.Client(base_url=restored.fleet.url, timeout=60) as client:
        yield client


def test_everything_is_told_as_before(restored: Restored, client: httpx2.Client) -> None:
    after = tell(client, restored.ids)
    assert [path for path, content in restored.told.items() if after[path] != content] == []


def test_every_image_has_the_bytes_of_its_hash(restored: Restored, client: httpx2.Client) -> None:
    images = {image["sha256"]: image["id"] for image in read_all(client, "/catalog/images")}
    assert len(images) >= IMAGES + len(restored.acknowledged)
    for sha256, image in images.items():
        assert hashlib.sha256(client.get(f"/catalog/images/{image}/content").content).hexdigest() == sha256


def test_what_had_been_answered_before_the_backup_is_there(restored: Restored, client: httpx2.Client) -> None:
    images = {image["sha256"]: image for image in read_all(client, "/catalog/images")}
    assert restored.late, "nobody wrote while the backup was taken"
    assert restored.acknowledged <= images.keys()
    assert {images[sha256]["labeling"] for sha256 in restored.acknowledged} == {1}


def test_work_goes_on(restored: Restored, client: httpx2.Client, fill_debugger: Callable[..., dict[str, str]]) -> None:
    project, image = f"/debugger/projects/{restored.ids['project_id']}", f"/catalog/images/{restored.ids['image_id']}"
    assert client.post(f"{project}/versions/2/undo", json={"author": "mai"}).json()["number"] == 3
    assert client.post(f"{image}/labelings", json={"tags": ["Cat"], "author": "mai"}).json()["version"] == 2
    fill_debugger(client)


def test_nothing_that_is_there_is_replaced(restored: Restored) -> None:
    run = embedded(restored.data, "restore", restored.backup)
    assert (run.returncode, run.stdout) == (1, "")
    assert "is not empty: stop the fleet, and move it away" in run.stderr
    again = embedded(restored.data, "dump", restored.backup)
    assert again.returncode == 1
    assert "is there already" in again.stderr


def test_a_changed_and_a_missing_image_are_named(restored: Restored) -> None:
    # Of those that rows name: what was uploaded while the backup was taken may be there without its row.
    folder = Path(restored.data["CATALOG_DATA_DIR"], "objects", "images")
    changed, missing = (folder / sha256[:2] / sha256 for sha256 in sorted(restored.acknowledged)[:2])
    kept = {path: path.read_bytes() for path in (changed, missing)}
    changed.write_bytes(b"else")
    missing.unlink()
    run = embedded(restored.data, "verify")
    for path, content in kept.items():
        path.write_bytes(content)
    assert run.returncode == 1
    assert f"{changed.name}: has the hash" in run.stdout
    assert f"{missing.name}: is missing" in run.stdout
    assert embedded(restored.data, "verify").returncode == 0


def test_what_is_kept_elsewhere_is_left_to_others(tmp_path: Path) -> None:
    run = embedded({"CATALOG_DATABASE_URL": URL}, "dump", tmp_path / "backup")
    assert run.returncode == 1
    assert "CATALOG_DATABASE_URL is set" in run.stderr
    assert "hidden" not in run.stderr
    assert not (tmp_path / "backup").exists()
