"""Versions side by side: what is found, which is the default, and what is kept for the next start."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors.numpy import load_file, save_file

from intent.card import CARD, TENSORS, ModelUnavailableError
from intent.choice import SERVING, read_choice
from intent.versions import NoEarlierVersionError, UnknownVersionError, Versions

MakeModel = Callable[..., str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


def started(folder: Path) -> Versions:
    versions = Versions(folder)
    versions.load()
    return versions


@pytest.mark.parametrize("there", [False, True])
def test_without_a_model_it_is_said_what_to_do(folder: Path, there: bool) -> None:
    if there:
        folder.mkdir()
    with pytest.raises(ModelUnavailableError, match="train one with"):
        started(folder).get()


def test_the_newest_is_the_default_as_long_as_none_was_chosen(folder: Path, make_orders: MakeModel) -> None:
    make_orders(day=2)
    newest = make_orders(day=3, ridge=0.2)
    make_orders(day=1, ridge=0.3)
    assert started(folder).get().card.version == newest


def test_the_choice_holds_for_the_next_start(folder: Path, make_orders: MakeModel) -> None:
    old, new = make_orders(), make_orders(day=1, ridge=0.2)
    versions = started(folder)
    assert versions.promote(old).card.version == old
    newer = make_orders(day=2, ridge=0.3)
    again = started(folder)
    assert again.get().card.version == old
    assert again.roll_back().card.version == new
    assert set(again.standing.served) == {old, new, newer}
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_rolling_back_goes_back_step_by_step(folder: Path, make_orders: MakeModel) -> None:
    one, two, three = make_orders(), make_orders(ridge=0.2), make_orders(day=1, ridge=0.3)
    versions = started(folder)
    for version in (one, two, two, one):
        versions.promote(version)
    assert [versions.roll_back().card.version for _ in range(3)] == [two, one, three]
    with pytest.raises(NoEarlierVersionError):
        versions.roll_back()
    assert versions.get().card.version == three


def test_a_new_folder_is_seen_when_it_is_promoted(folder: Path, make_orders: MakeModel) -> None:
    make_orders(day=1)
    versions = started(folder)
    later = make_orders(ridge=0.2)
    with pytest.raises(UnknownVersionError):
        versions.get(later)
    assert versions.promote(later) is versions.get()


def test_what_has_not_changed_is_not_loaded_again(folder: Path, make_orders: MakeModel) -> None:
    make_orders()
    versions = started(folder)
    before = versions.get()
    versions.load()
    assert versions.get() is before


def test_an_unknown_version_changes_nothing(folder: Path, make_orders: MakeModel) -> None:
    known = make_orders()
    versions = started(folder)
    with pytest.raises(UnknownVersionError, match=f"there is {known}"):
        versions.promote("0" * 12)
    assert versions.get().card.version == known
    assert read_choice(folder) is None


@pytest.mark.parametrize("name", [CARD, TENSORS])
@pytest.mark.parametrize("content", [None, b"", b"\xff" * 100, b"{}"])
def test_a_damaged_folder_does_the_others_no_harm(
    folder: Path, make_orders: MakeModel, name: str, content: bytes | None
) -> None:
    whole, broken = make_orders(), make_orders(day=1, ridge=0.2)
    if content is None:
        (folder / broken / name).unlink()
    else:
        (folder / broken / name).write_bytes(content)
    versions = started(folder)
    assert versions.get().card.version == whole
    assert list(versions.standing.damaged) == [broken]
    with pytest.raises(UnknownVersionError):
        versions.promote(broken)


@pytest.mark.parametrize("name", ["hashes", "rarity", "word_share", "bias"])
def test_tensors_that_do_not_fit_are_found_when_they_are_loaded(
    folder: Path, make_orders: MakeModel, name: str
) -> None:
    whole, broken = make_orders(), make_orders(day=1, ridge=0.2)
    tensors = load_file(folder / broken / TENSORS)
    save_file({**tensors, name: tensors[name][:0]}, folder / broken / TENSORS)
    versions = started(folder)
    assert versions.get().card.version == whole
    assert list(versions.standing.damaged) == [broken]


def test_if_all_are_damaged_the_reason_is_said(folder: Path, make_orders: MakeModel) -> None:
    (folder / make_orders() / TENSORS).write_bytes(b"")
    with pytest.raises(ModelUnavailableError, match="missing or damaged"):
        started(folder).get()


def test_if_the_chosen_version_is_gone_the_one_before_answers(folder: Path, make_orders: MakeModel) -> None:
    one, two = make_orders(), make_orders(ridge=0.2)
    make_orders(day=1, ridge=0.3)
    versions = started(folder)
    versions.promote(one)
    versions.promote(two)
    shutil.rmtree(folder / two)
    assert started(folder).get().card.version == one
    versions.load()
    assert versions.get().card.version == one


def test_what_another_process_chose_is_seen(folder: Path, make_orders: MakeModel) -> None:
    old = make_orders()
    make_orders(day=1, ridge=0.2)
    versions, other = started(folder), started(folder)
    other.promote(old)
    versions.load()
    assert versions.get().card.version == old


def test_a_folder_that_cannot_be_written_to_keeps_nothing_but_serves(folder: Path, make_orders: MakeModel) -> None:
    old = make_orders()
    new = make_orders(day=1, ridge=0.2)
    versions = started(folder)
    (folder / SERVING).mkdir()  # which stands in the file's place, for root may write everywhere
    assert versions.promote(old).card.version == old
    versions.load()
    assert versions.get().card.version == old
    assert versions.roll_back().card.version == new


def test_other_things_in_the_folder_are_passed_over(folder: Path, make_orders: MakeModel) -> None:
    make_orders()
    (folder / "study").mkdir()
    (folder / "notes.txt").write_text("notes")
    assert not started(folder).standing.damaged


def test_a_folder_whose_name_is_no_utf_8_does_the_others_no_harm(folder: Path, make_orders: MakeModel) -> None:
    version = make_orders()
    bad = os.fsencode(folder) + b"/bad\xff"
    Path(os.fsdecode(bad)).mkdir()
    Path(os.fsdecode(bad), CARD).touch()
    versions = started(folder)
    assert versions.get().card.version == version
    assert [name.encode() for name in versions.standing.damaged] == [rb"bad\udcff"]


def test_tensors_that_were_damaged_while_loaded_are_found_by_the_next_load(
    folder: Path, make_orders: MakeModel
) -> None:
    version = make_orders()
    versions = started(folder)
    (folder / version / TENSORS).write_bytes(b"cut")
    versions.load()
    assert list(versions.standing.damaged) == [version]


def test_what_another_process_chose_wins_over_a_choice_that_could_not_be_written(
    folder: Path, make_orders: MakeModel
) -> None:
    old, new = make_orders(), make_orders(day=1, ridge=0.2)
    versions = started(folder)
    (folder / SERVING).mkdir()
    versions.promote(new)
    (folder / SERVING).rmdir()
    started(folder).promote(old)
    versions.load()
    assert versions.get().card.version == old


def test_a_model_that_is_taken_in_is_served_and_is_not_the_default(folder: Path, make_orders: MakeModel) -> None:
    old = make_orders()
    versions = started(folder)
    newer = moved_away(folder, make_orders(day=1, ridge=0.2))
    assert versions.adopt(newer).card.version == newer.name
    for each in (versions, started(folder)):
        assert each.get().card.version == old
        assert set(each.standing.served) == {old, newer.name}


def test_where_there_was_none_it_is_the_default_until_another_comes(folder: Path, make_orders: MakeModel) -> None:
    first = moved_away(folder, make_orders())
    versions = started(folder)
    versions.adopt(first)
    assert versions.get().card.version == first.name
    versions.adopt(moved_away(folder, make_orders(day=1, ridge=0.2)))
    assert versions.get().card.version == first.name


def test_a_version_that_is_there_already_stays_and_a_damaged_one_does_not(folder: Path, make_orders: MakeModel) -> None:
    version = make_orders()
    versions, before = started(folder), (folder / version / TENSORS).stat()
    shutil.copytree(folder / version, folder.parent / "again" / version)
    assert versions.adopt(folder.parent / "again" / version) is versions.get(version)
    assert (folder / version / TENSORS).stat() == before
    (folder / version / TENSORS).write_bytes(b"cut")
    assert versions.adopt(folder.parent / "again" / version).is_unchanged()


def test_what_cannot_be_served_is_not_taken_in(folder: Path, make_orders: MakeModel) -> None:
    old = make_orders()
    versions = started(folder)
    broken = moved_away(folder, make_orders(day=1, ridge=0.2))
    (broken / TENSORS).write_bytes(b"cut")
    with pytest.raises(ModelUnavailableError, match="missing or damaged"):
        versions.adopt(broken)
    assert set(versions.standing.served) == {old}


def moved_away(folder: Path, version: str) -> Path:
    return Path(shutil.move(folder / version, folder.parent / version))
