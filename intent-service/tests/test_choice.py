"""The choice of a version on disk."""

from pathlib import Path

import pytest

from intent.choice import SERVING, Choice, read_choice, write_choice


def test_what_is_written_is_read(tmp_path: Path) -> None:
    choice = Choice(version="b", previous=("a", "c"))
    write_choice(tmp_path, choice)
    write_choice(tmp_path, choice)
    assert read_choice(tmp_path) == choice
    assert [path.name for path in tmp_path.iterdir()] == [SERVING]


def test_without_a_file_nothing_was_chosen(tmp_path: Path) -> None:
    assert read_choice(tmp_path) is None
    assert read_choice(tmp_path / "nowhere") is None


@pytest.mark.parametrize("content", [b"", b"[]", b'{"version": 1}', b"\xff", b'{"version": "a", "previous": "b"}'])
def test_a_damaged_file_counts_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / SERVING).write_bytes(content)
    assert read_choice(tmp_path) is None


def test_a_folder_that_is_not_there_cannot_be_written_to(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        write_choice(tmp_path / "nowhere", Choice(version="a"))


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / SERVING).mkdir()
    with pytest.raises(OSError, match=SERVING):
        write_choice(tmp_path, Choice(version="a"))
    assert [path.name for path in tmp_path.iterdir()] == [SERVING]
