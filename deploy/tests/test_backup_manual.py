"""The manual's commands for a backup with compose, run as they stand there, bring everything back.

There is no container engine: what `docker compose` would run in a container runs here, on a real PostgreSQL.
"""

import asyncio
import hashlib
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from typing import Final

import asyncpg
import pytest

from catalog.objects import image_path
from catalog.tables import Image
from shared.database import Database
from shared.testing_databases import TEMPLATE, migrated_postgres, named

ROOT: Final = Path(__file__).parents[2]
MANUAL: Final = ROOT / "docs" / "operations" / "backup.md"
SCRIPT: Final = ROOT / "deploy" / "backup" / "embedded.py"
PROGRAMS: Final[Path] = runpy.run_path(str(SCRIPT))["PROGRAMS"]
PHOTOS: Final = (b"one", b"two", b"three")
DOCKER: Final = """#!/bin/sh
shift
case $1 in
  exec) shift 3 ;;
  run) shift 5 ;;
  *) exit 0 ;;
esac
for word do
  shift
  [ "$word" = /data ] && word=$DATA
  set -- "$@" "$word"
done
exec "$@"
"""


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """The URL of a server with the databases `catalog` and `debugger`."""
    with migrated_postgres("catalog") as url:
        for name in ("catalog", "debugger"):
            asyncio.run(_fetch(url, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}"))
        yield url


async def _fetch(url: str, statement: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(statement)
    finally:
        await connection.close()


async def _store(url: str, data: Path) -> None:
    database = Database(url)
    async with database.session() as session:
        for photo in PHOTOS:
            sha256 = hashlib.sha256(photo).digest()
            session.add(Image(name="a.jpg", type="image/jpeg", sha256=sha256, size=len(photo)))
            file = data / "objects" / image_path(sha256)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(photo)
    await database.close()


def _blocks() -> list[str]:
    section = MANUAL.read_text(encoding="utf-8").partition("### Compose")[2].partition("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)


def _run(block: str, folder: Path, postgres: str) -> str:
    """Run the commands in `folder` until one fails; return what they print."""
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    (programs / "docker").write_text(DOCKER, encoding="ascii")
    (programs / "docker").chmod(0o755)
    path = (str(programs), str(Path(sys.executable).parent), str(PROGRAMS))
    environment = {
        **os.environ,
        "PATH": os.pathsep.join((*path, os.environ["PATH"])),
        "PGHOST": postgres.partition("host=")[2],
        "DATA": str(folder / "data"),
        "CATALOG_DATA_DIR": str(folder / "data"),
        "CATALOG_DATABASE_URL": named(postgres, "catalog"),
    }
    here = block.replace("deploy/base", str(ROOT / "deploy" / "base"))
    run = subprocess.run(
        ["bash", "-euc", here], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_the_commands_for_compose_bring_everything_back(postgres: str, tmp_path: Path) -> None:
    catalog, debugger = named(postgres, "catalog"), named(postgres, "debugger")
    asyncio.run(_store(catalog, tmp_path / "data"))
    asyncio.run(_fetch(debugger, "CREATE TABLE decisions AS SELECT 17 AS number"))
    dump, restore = _blocks()
    _run(dump, tmp_path, postgres)
    rmtree(tmp_path / "data" / "objects")
    asyncio.run(_fetch(catalog, "DELETE FROM images"))
    asyncio.run(_fetch(postgres, "DROP DATABASE debugger"))
    assert "3 images read, 0 missing or other than they were" in _run(restore, tmp_path, postgres)
    assert [row["number"] for row in asyncio.run(_fetch(debugger, "SELECT number FROM decisions"))] == [17]


def test_the_commands_for_make_run_are_the_script_s() -> None:
    named_there = re.findall(r"deploy/backup/embedded\.py (\w+) \w+$", MANUAL.read_text(encoding="utf-8"), re.MULTILINE)
    assert named_there == ["dump", "restore"]
    wrong = subprocess.run([sys.executable, str(SCRIPT), "dump"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert "`embedded.py dump FOLDER`" in wrong.stderr
