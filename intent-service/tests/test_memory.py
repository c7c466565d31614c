"""Which models are in memory, and that the others are loaded when they are asked for."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from intent.card import TENSORS, ModelUnavailableError
from intent.versions import Versions

MakeModel = Callable[..., str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


def in_memory(versions: Versions) -> set[str]:
    return {version for version, served in versions.standing.served.items() if served.is_light}


def test_the_default_and_those_asked_for_last_stay(folder: Path, make_orders: MakeModel) -> None:
    made = [make_orders(day=day, ridge=0.1 + day / 10) for day in range(4)]
    versions = Versions(folder, loaded=2)
    versions.load()
    assert len(in_memory(versions)) == 2
    for asked in (made[0], made[1], made[2], made[0]):
        assert versions.get(asked).classifier.score(["where is it"]).probabilities.shape == (1, 3)
        assert in_memory(versions) == {made[3], asked}


def test_what_is_promoted_is_in_memory(folder: Path, make_orders: MakeModel) -> None:
    made = [make_orders(day=day, ridge=0.1 + day / 10) for day in range(3)]
    versions = Versions(folder, loaded=1)
    versions.load()
    assert in_memory(versions) == {made[2]}
    versions.promote(made[0])
    assert in_memory(versions) == {made[0]}
    versions.roll_back()
    assert in_memory(versions) == {made[2]}


def test_what_changed_on_disk_is_not_taken_for_what_it_was(folder: Path, make_orders: MakeModel) -> None:
    old = make_orders()
    make_orders(day=1, ridge=0.2)
    versions = Versions(folder, loaded=1)
    versions.load()
    (folder / old / TENSORS).write_bytes(b"cut")
    with pytest.raises(ModelUnavailableError, match="has changed; POST models/load"):
        _ = versions.get(old).classifier
    versions.load()
    assert list(versions.standing.damaged) == [old]


def test_a_question_that_has_begun_is_answered_by_a_model_whose_folder_is_gone(
    folder: Path, make_orders: MakeModel
) -> None:
    old = make_orders()
    make_orders(day=1, ridge=0.2)
    versions = Versions(folder)
    versions.load()
    served = versions.get(old)
    shutil.rmtree(folder / old)
    versions.load()
    assert served.classifier.card.version == old
