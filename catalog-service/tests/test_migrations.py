"""The migrations make the tables that the models describe, from nothing, and any number of them at once."""

import asyncio
import hashlib
import json
import subprocess
import sys
from importlib.resources import files
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

import shared.jobs.tables
from catalog import tables
from catalog.main import create_app
from catalog.migrate import main
from catalog.settings import Settings
from catalog.storage import PACKAGE
from shared.database import Database
from shared.migrations import migrate, pending_revisions
from shared.testing import client_of

FIRST = "0001"
IMAGE, CAT, DOG, DATASET, SNAPSHOT, JOB = (f"019aa1b2-7c3d-7e4f-8a5b-00000000000{number}" for number in range(6))
EXPORTED = {
    "id": IMAGE,
    "name": "old.jpg",
    "url": "https://a.example/",
    "type": "image/jpeg",
    "created_at": "2025-11-20T14:37:00.349000Z",
    "labeling": 1,
    "author": "mai",
    "source": "human",
    "labeled_at": "2025-11-20T15:00:00.000000Z",
    "present": ["Cat"],
    "absent": ["Dog"],
}
OURS = {
    model.__tablename__
    for module in (tables, shared.jobs.tables)
    for model in vars(module).values()
    if hasattr(model, "__tablename__")
}


@pytest.fixture
def empty_database_url(postgres: str) -> str:
    name = f"empty_{uuid4().hex}"

    async def create() -> None:
        connection = await asyncpg.connect(postgres)
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()

    asyncio.run(create())
    return postgres.replace("/postgres?", f"/{name}?")


def differences(connection: Connection) -> Any:
    def is_ours(_: Any, name: str | None, kind: str, *__: Any) -> bool:
        return kind != "table" or name in OURS

    context = MigrationContext.configure(connection, opts={"include_object": is_ours, "compare_server_default": True})
    return compare_metadata(context, SQLModel.metadata)


def go_to(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(files(PACKAGE) / "migrations"))
    config.attributes["connection"] = connection
    (command.upgrade if revision == FIRST else command.downgrade)(config, revision)


async def test_the_migrated_tables_are_those_of_the_models(database: Database) -> None:
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    assert await pending_revisions(database, PACKAGE) == []


def test_the_command_migrates_an_empty_database_and_several_at_once(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CATALOG_DATABASE_URL", empty_database_url)
    migrating = [sys.executable, "-m", "catalog.migrate"]
    running = [subprocess.Popen(migrating, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(3)]
    for process in running:
        output = process.communicate(timeout=60)[0].decode()
        assert process.returncode == 0, output


async def test_migrating_again_and_at_once_changes_nothing(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(5)]
    await asyncio.gather(*(migrate(database, PACKAGE) for database in databases))
    assert await pending_revisions(databases[0], PACKAGE) == []
    for database in databases:
        await database.close()


async def test_without_its_tables_the_service_is_not_ready_and_says_what_to_run(
    empty_database_url: str, settings: Settings
) -> None:
    unmigrated = settings.model_copy(update={"database_url": empty_database_url, "run_jobs": False})
    async with client_of(create_app(unmigrated)) as client:
        answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert "run `python -m catalog.migrate`" in answer.json()["detail"]
        database = Database(empty_database_url)
        await migrate(database, PACKAGE)
        await database.close()
        assert (await client.get("/readyz")).status_code == 200


async def test_what_the_first_version_held_is_there_after_the_migration(
    empty_database_url: str, settings: Settings
) -> None:
    export = json.dumps(EXPORTED, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    old = settings.model_copy(update={"database_url": empty_database_url})
    database = Database(empty_database_url)
    async with database.engine.begin() as connection:
        await connection.run_sync(go_to, FIRST)
        for statement in filter(str.strip, OLD.split(";")):
            await connection.execute(text(statement), {"hash": hashlib.sha256(export).digest()})
    await database.close()
    await main(old)
    async with client_of(create_app(old)) as client:
        labels = (await client.get(f"/images/{IMAGE}/labels")).json()
        assert {state: [tag["name"] for tag in labels[state]] for state in ("present", "absent", "unknown")} == {
            "present": ["Cat"],
            "absent": ["Dog"],
            "unknown": [],
        }
        assert [image["id"] for image in (await client.get("/images?tag=cat&absent=dog")).json()["items"]] == [IMAGE]
        assert (await client.get(f"/datasets/{DATASET}")).json()["images"] == 1
        (snapshot,) = (await client.get(f"/datasets/{DATASET}/snapshots")).json()["items"]
        assert (await client.get(f"/snapshots/{snapshot['id']}/export")).content == export
        assert (snapshot["id"], snapshot["content_hash"]) == (SNAPSHOT, hashlib.sha256(export).hexdigest())
        again = await client.post(f"/datasets/{DATASET}/snapshots", json={})
        assert (again.status_code, again.json()["id"]) == (200, SNAPSHOT)
        job = (await client.get(f"/jobs/{JOB}")).json()
        assert (job["status"], job["done"], job["error"], job["result"]) == ("failed", 1, "Broken.", None)


async def test_going_back_gives_up_what_the_first_version_does_not_know(database: Database) -> None:
    async with database.engine.begin() as connection:
        for statement in NEW.split(";"):
            await connection.execute(text(statement))
        await connection.run_sync(go_to, "-1")
        jobs = (await connection.execute(text("SELECT id::text, status FROM jobs ORDER BY id"))).all()
        snapshots = (await connection.execute(text("SELECT id::text FROM snapshots"))).scalars().all()
    await migrate(database, PACKAGE)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    assert ([tuple(job) for job in jobs], snapshots) == ([(CAT, "queued"), (JOB, "cancelled")], [SNAPSHOT])


OLD = f"""
    INSERT INTO tags (id, name, key) VALUES ('{CAT}', 'Cat', 'cat'), ('{DOG}', 'Dog', 'dog');
    INSERT INTO coverages (id, tag_ids, digest) VALUES (1, '{{{CAT},{DOG}}}', 'both');
    INSERT INTO coverage_tags (tag_id, coverage_id) VALUES ('{CAT}', 1), ('{DOG}', 1);
    INSERT INTO images (id, name, url, type, version, coverage_id)
        VALUES ('{IMAGE}', 'old.jpg', 'https://a.example/', 'image/jpeg', 1, 1);
    INSERT INTO labelings (image_id, version, tag_ids, coverage_id, author, source, created_at)
        VALUES ('{IMAGE}', 1, '{{{CAT}}}', 1, 'mai', 'human', '2025-11-20T15:00:00Z');
    INSERT INTO labels (tag_id, image_id) VALUES ('{CAT}', '{IMAGE}');
    INSERT INTO datasets (id, name, key) VALUES ('{DATASET}', 'Old', 'old');
    INSERT INTO dataset_images (dataset_id, image_id) VALUES ('{DATASET}', '{IMAGE}');
    INSERT INTO counters (subject, slot, value) VALUES ('{DATASET}', 0, 1), ('{CAT}', 0, 1);
    INSERT INTO snapshots (id, dataset_id, content_hash, image_count, names)
        VALUES ('{SNAPSHOT}', '{DATASET}', :hash, 1,
        jsonb_build_object('tags', jsonb_build_object('{CAT}', 'Cat', '{DOG}', 'Dog'), 'label_schemas', '{{}}'::jsonb));
    INSERT INTO snapshot_images (snapshot_id, image_id, version, name) VALUES ('{SNAPSHOT}', '{IMAGE}', 1, 'old.jpg');
    INSERT INTO jobs (id, kind, status, request, position, done, failed, error)
        VALUES ('{JOB}', 'import', 'failed', '{{"size": 8}}', '{{"offset": 2}}', 1, 0, 'Broken.')
"""  # noqa: S608 constant
NEW = f"""
    INSERT INTO datasets (id, name, key) VALUES ('{DATASET}', 'New', 'new');
    INSERT INTO snapshots (id, dataset_id, content_hash, image_count, names)
        VALUES ('{SNAPSHOT}', '{DATASET}', 'hash', 0, '{{}}'), ('{IMAGE}', '{DATASET}', NULL, 0, '{{}}');
    INSERT INTO jobs (id, kind, status, request, position, done, failed)
        VALUES ('{JOB}', 'snapshot', 'running', '{{}}', '{{}}', 0, 0),
        ('{CAT}', 'suggest', 'queued', '{{}}', '{{}}', 0, 0)
"""  # noqa: S608 constant
