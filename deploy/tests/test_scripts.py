"""The scripts that the cluster runs, and the query of the jobs' metrics, on a real database."""

import asyncio
import hashlib
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest
import yaml

from catalog.objects import image_path
from catalog.settings import Settings
from catalog.tables import Image
from shared import jobs
from shared.database import Database
from shared.testing_databases import migrated_postgres, named, new_database

DEPLOY: Final = Path(__file__).parents[1]
QUERIES: Final = DEPLOY / "components" / "postgres" / "databases" / "queries.yaml"
PHOTOS: Final = (b"one", b"two", b"three")


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """The URL of a server with a migrated database as the template of others."""
    with migrated_postgres("catalog") as url:
        yield url


@pytest.fixture
def database_url(postgres: str) -> str:
    """The URL of a migrated database."""
    return new_database(postgres)


def _script(name: str) -> dict[str, Any]:
    return runpy.run_path(str(DEPLOY / "base" / "scripts" / f"{name}.py"))


async def _execute(url: str, *statements: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            rows = await connection.fetch(statement)
        return rows
    finally:
        await connection.close()


def test_a_database_answers(database_url: str) -> None:
    asyncio.run(_script("database_answers")["main"](database_url))


def test_a_database_that_is_away_does_not_answer() -> None:
    with pytest.raises(OSError, match=r"refused|Connect"):
        asyncio.run(_script("database_answers")["main"]("postgresql://nobody@127.0.0.1:9/nothing"))


def test_waiting_ends_at_once_when_the_schema_is_there(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATALOG_DATABASE_URL", database_url)
    asyncio.run(_script("wait_for_schema")["main"]("catalog"))


def test_waiting_goes_on_until_the_schema_is_there(
    postgres: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(_execute(postgres, "CREATE DATABASE bare"))
    monkeypatch.setenv("CATALOG_DATABASE_URL", named(postgres, "bare"))

    async def wait() -> None:
        async with asyncio.timeout(3):
            await _script("wait_for_schema")["main"]("catalog")

    with pytest.raises(TimeoutError):
        asyncio.run(wait())
    assert "python -m catalog.migrate" in capsys.readouterr().out


def test_old_rows_of_the_queue_s_log_go_and_others_stay(database_url: str) -> None:
    row = "INSERT INTO pgqueuer_log (job_id, status, entrypoint, priority, created) VALUES"
    old = ", ".join(f"({number}, 'successful', 'import', 0, now() - interval '31 days')" for number in range(3))
    new = "(9, 'successful', 'import', 0, now() - interval '29 days')"
    asyncio.run(_execute(database_url, f"{row} {old}, {new}"))
    asyncio.run(_script("prune_queue_log")["main"](database_url, 30))
    left = asyncio.run(_execute(database_url, "SELECT job_id FROM pgqueuer_log"))
    assert [each["job_id"] for each in left] == [9]


@pytest.fixture
def stored(database_url: str, tmp_path: Path) -> Settings:
    """A catalog with three photos."""
    settings = Settings(database_url=database_url, object_store=f"file://{tmp_path}")

    async def store() -> None:
        database = Database(database_url)
        async with database.session() as session:
            for photo in PHOTOS:
                sha256 = hashlib.sha256(photo).digest()
                session.add(Image(name="a.jpg", type="image/jpeg", sha256=sha256, size=len(photo)))
                file = tmp_path / image_path(sha256)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(photo)
        await database.close()

    asyncio.run(store())
    return settings


def _file(settings: Settings, photo: bytes) -> Path:
    return Path((settings.object_store or "").removeprefix("file://")) / image_path(hashlib.sha256(photo).digest())


def test_images_that_are_as_they_were_are_verified(stored: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert asyncio.run(_script("verify_objects")["main"](stored)) == 0
    assert capsys.readouterr().out == "3 images read, 0 missing or other than they were\n"


def test_images_that_are_missing_or_changed_are_named(stored: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    _file(stored, b"one").unlink()
    _file(stored, b"two").write_bytes(b"something else")
    assert asyncio.run(_script("verify_objects")["main"](stored)) == 3
    told = capsys.readouterr().out
    assert f"{image_path(hashlib.sha256(b'one').digest())}: is missing" in told
    assert f"{image_path(hashlib.sha256(b'two').digest())}: has the hash" in told
    assert "3 images read, 2 missing" in told


def _measured(url: str) -> dict[str, Any]:
    query = yaml.safe_load(QUERIES.read_text(encoding="utf-8"))["flotilla_jobs"]
    ((there,),) = asyncio.run(_execute(url, query["predicate_query"]))
    assert there is True
    (row,) = asyncio.run(_execute(url, query["query"]))
    assert set(row.keys()) == {name for column in query["metrics"] for name in column}
    return dict(row)


def test_without_jobs_the_metrics_are_zero(database_url: str) -> None:
    found = _measured(database_url)
    assert found.pop("datname").startswith("test_")
    assert {float(value) for value in found.values()} == {0}


def test_the_metrics_count_jobs_and_tell_the_longest_wait(database_url: str) -> None:
    async def make() -> None:
        database = Database(database_url)
        async with database.session() as session:
            made = [await jobs.create(session, "import", {"path": "x"}, None) for _ in range(5)]
            made[1].status = "running"
            made[2].status = "failed"
            made[3].status = "succeeded"
        await database.close()
        await _execute(database_url, "UPDATE jobs SET finished_at = now() WHERE status = 'failed'")

    asyncio.run(make())
    found = _measured(database_url)
    assert (found["queued"], found["unfinished"], found["failed_last_hour"]) == (2, 3, 1)
    assert 0 <= found["oldest_queued_seconds"] < 60


def test_an_operator_s_monitor_may_count_the_jobs(database_url: str) -> None:
    cluster = yaml.safe_load_all((QUERIES.parent / "catalog.yaml").read_text(encoding="utf-8"))
    statements = next(cluster)["spec"]["bootstrap"]["initdb"]["postInitApplicationSQL"]
    (grant,) = (each for each in statements if "PRIVILEGES" in each)
    make = "CREATE TABLE after_the_grant AS SELECT 1 AS one"
    (allowed,) = asyncio.run(
        _execute(
            database_url,
            grant.replace("ROLE catalog", "ROLE CURRENT_USER"),
            make,
            "SELECT has_table_privilege('pg_monitor', 'after_the_grant', 'SELECT')",
        )
    )
    assert allowed[0] is True


@pytest.fixture
def models(tmp_path: Path) -> tuple[Path, Path]:
    """A folder with a model, and an empty volume."""
    image, volume = tmp_path / "models", tmp_path / "volume"
    (image / "50ee12084463").mkdir(parents=True)
    (image / "50ee12084463" / "card.json").write_text("{}")
    (image / "50ee12084463" / "tensors.safetensors").write_text("tensors")
    volume.mkdir()
    return image, volume


def test_an_empty_volume_gets_the_image_s_model(models: tuple[Path, Path]) -> None:
    image, volume = models
    _script("first_model")["main"](image, volume)
    assert {file.name for file in (volume / "50ee12084463").iterdir()} == {"card.json", "tensors.safetensors"}
    assert [folder.name for folder in volume.iterdir()] == ["50ee12084463"]


def test_what_is_in_the_volume_stays_and_a_copy_that_was_broken_off_is_made_anew(models: tuple[Path, Path]) -> None:
    image, volume = models
    (volume / "trained").mkdir()
    (volume / ".50ee12084463.copy").mkdir()
    (volume / ".50ee12084463.copy" / "half").write_text("")
    for _ in range(2):
        _script("first_model")["main"](image, volume)
    (volume / "50ee12084463" / "card.json").write_text("changed")
    _script("first_model")["main"](image, volume)
    assert {folder.name for folder in volume.iterdir()} == {"trained", "50ee12084463"}
    assert (volume / "50ee12084463" / "card.json").read_text() == "changed"
    assert not (volume / "50ee12084463" / "half").exists()
