"""Trainings on disk."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from intent.retraining.keeping import DATA, MODELS, STATE, TEMPORARY, Kept
from intent.retraining.refusals import TrainingsUnavailableError
from intent.retraining.trainings import Training, Wanted


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    kept = Kept(tmp_path / "models" / ".trainings")
    kept.own()
    yield kept
    kept.release()


def training(number: int) -> Training:
    return Training(id=UUID(int=number), wanted=Wanted(), sha256="0" * 64, size=10)


def test_what_is_written_is_read_again_the_oldest_first(kept: Kept) -> None:
    trainings = [training(1), training(2).begun(), training(3).ended("cancelled")]
    for each in reversed(trainings):
        kept.write(each)
    kept.write(trainings[0].begun().ended("failed", error="No."))
    found = kept.read()
    assert [each.id.int for each in found] == [1, 2, 3]
    assert found[0].error == "No."
    assert found[1:] == trainings[1:]


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"id": 1}'])
def test_what_is_damaged_costs_no_other(kept: Kept, content: bytes) -> None:
    for number in (1, 2):
        kept.write(training(number))
    (kept.of(UUID(int=1)) / STATE).write_bytes(content)
    assert [each.id.int for each in kept.read()] == [2]
    kept.remove_strangers(kept.read())
    assert kept.of(UUID(int=1)).exists()


def test_a_second_process_cannot_own_them_until_the_first_has_gone(kept: Kept) -> None:
    other = Kept(kept.folder)
    with pytest.raises(TrainingsUnavailableError, match="Another process trains into"):
        other.own()
    assert not other.is_owned
    kept.release()
    other.own()
    assert other.is_owned
    other.release()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TrainingsUnavailableError, match="cannot be written to"):
        Kept(tmp_path / "file" / ".trainings").own()


def test_a_run_finds_nothing_of_the_one_before_but_its_data(kept: Kept) -> None:
    kept.write(training(1))
    folder = kept.prepare(UUID(int=1))
    for name in (DATA, f"{MODELS}/draft", f"{TEMPORARY}/draft"):
        (folder / name).touch()
    kept.prepare(UUID(int=1))
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*")} == {DATA, MODELS, TEMPORARY, STATE}


def test_of_what_has_ended_no_text_is_kept(kept: Kept) -> None:
    kept.write(training(1))
    (kept.prepare(UUID(int=1)) / DATA).touch()
    kept.tidy(UUID(int=1))
    assert [path.name for path in kept.of(UUID(int=1)).iterdir()] == [STATE]
    kept.remove(UUID(int=1))
    assert not kept.of(UUID(int=1)).exists()


def test_data_that_never_came_in_whole_are_removed(kept: Kept) -> None:
    kept.write(training(1))
    begun = kept.of(uuid4())
    begun.mkdir()
    (begun / DATA).touch()
    kept.remove_strangers(kept.read())
    assert {path.name for path in kept.folder.iterdir()} == {str(UUID(int=1)), "lock"}
