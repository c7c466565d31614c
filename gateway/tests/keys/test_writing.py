"""The file changes in one step, and whoever reads it finds a whole one."""

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway.keys.changes import NewKey
from gateway.keys.entries import Entries
from gateway.keys.reading import read_entries
from gateway.keys.refusals import KeyChangeError, KeyFileError, MissingKeyFileError
from gateway.keys.writing import change

Make = Callable[..., NewKey]


def mode_of(path: Path) -> int:
    """Return the bits of the file's mode."""
    return stat.S_IMODE(path.stat().st_mode)


def empty(_: Entries) -> tuple[Entries, None]:
    """Remove all keys."""
    return Entries(), None


def refuse(_: Entries) -> tuple[Entries, None]:
    """Change nothing."""
    raise KeyChangeError("No.")


def test_a_new_file_is_for_its_owner_alone(path: Path, make: Make) -> None:
    make()

    assert mode_of(path) == 0o600
    assert {mode_of(file) for file in path.parent.iterdir()} == {0o600}


def test_a_file_that_is_there_keeps_its_mode(path: Path, make: Make) -> None:
    make()
    path.chmod(0o640)
    make()

    assert mode_of(path) == 0o640


def test_a_symbolic_link_stays_one(path: Path, tmp_path: Path, make: Make) -> None:
    link = tmp_path / "link" / "keys.json"
    link.parent.mkdir()
    link.symlink_to(path)
    first, second = make(), make(file=link)

    assert link.is_symlink()
    assert {entry.id for entry in read_entries(path).keys} == {first.entry.id, second.entry.id}


def test_nothing_is_left_but_the_file_and_its_lock(path: Path, make: Make) -> None:
    make()
    make()

    assert {file.name for file in path.parent.iterdir()} == {"keys.json", ".keys.json.lock"}


def test_a_step_that_fails_changes_nothing(path: Path, make: Make) -> None:
    make()
    before = path.read_text()

    with pytest.raises(KeyChangeError, match="No"):
        change(path, refuse)

    assert path.read_text() == before


def test_a_step_that_changes_nothing_does_not_write(path: Path, make: Make) -> None:
    make()
    before = path.stat()
    change(path, lambda entries: (entries, None))

    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns, after.st_size) == (before.st_ino, before.st_mtime_ns, before.st_size)


def test_a_missing_file_is_made_only_where_that_is_meant(path: Path) -> None:
    with pytest.raises(MissingKeyFileError):
        change(path, empty)

    assert not path.exists()


def test_a_bad_file_is_not_overwritten(path: Path, make: Make) -> None:
    path.write_text("{")

    with pytest.raises(KeyFileError, match="is no file of keys"):
        make()

    assert path.read_text() == "{"


def test_a_missing_folder_is_told(tmp_path: Path, make: Make) -> None:
    with pytest.raises(KeyFileError, match=f"there is no folder {tmp_path / 'none'}, make it first"):
        make(file=tmp_path / "none" / "keys.json")


def test_a_folder_that_is_none_is_told(path: Path, make: Make) -> None:
    path.write_text("")

    with pytest.raises(KeyFileError, match="cannot be written: Not a directory"):
        make(file=path / "keys.json")


def test_changes_at_once_lose_nothing_and_readers_see_whole_files(path: Path, make: Make) -> None:
    make("first")
    with ThreadPoolExecutor(5) as pool:
        writing = [pool.submit(make, f"writer-{number}") for number in range(40)]
        while not all(future.done() for future in writing):
            read_entries(path)

    made = {future.result().entry.id for future in writing}
    assert made <= {entry.id for entry in read_entries(path).keys}
    assert len(made) == 40
