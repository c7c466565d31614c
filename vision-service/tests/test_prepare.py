"""`python -m vision.prepare`: once is enough, and what cannot be had is said."""

import importlib
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from vision import prepare
from vision.models.card import CARD_NAME, ModelCard, load_card
from vision.settings import Settings


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISION_WEIGHTS", raising=False)


def forbid_preparation(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} was imported")

    monkeypatch.setattr(prepare.importlib, "import_module", refuse)  # type: ignore[attr-defined]


def test_a_prepared_model_is_kept(
    model_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    forbid_preparation(monkeypatch)
    assert prepare.main(["--output", str(model_dir)]) == 0
    said = capsys.readouterr().err
    assert f"Already prepared in {model_dir}: {load_card(model_dir).describe()}" in said
    assert prepare.main(["--output", str(model_dir), "--model", load_card(model_dir).name]) == 0


def test_the_stand_in_is_said(model_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = load_card(model_dir)
    prepare.main(["--output", str(model_dir)])
    assert ("stands in for resnet18" in capsys.readouterr().err) == (card.stands_in_for == "resnet18")


def test_something_else_is_prepared_anew(model_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, ...]] = []

    def prepare_model(*arguments: object) -> ModelCard:
        asked.append(arguments[1:3])
        return load_card(model_dir)

    preparation = SimpleNamespace(
        prepare_model=prepare_model, create_console=lambda: None, WeightsError=OSError, ExportError=OSError
    )
    monkeypatch.setattr(prepare.importlib, "import_module", lambda _: preparation)  # type: ignore[attr-defined]
    folder = ["--output", str(model_dir)]
    other = ({*prepare.MODELS} - {load_card(model_dir).name}).pop()
    weights = tmp_path / "weights.pth"
    weights.write_bytes(b"others")
    assert prepare.main([*folder, "--model", other]) == 0
    assert prepare.main([*folder, "--force"]) == 0
    assert prepare.main(["--output", str(tmp_path / "new")]) == 0
    monkeypatch.setenv("VISION_WEIGHTS", str(weights))
    assert prepare.main(folder) == 0
    assert asked == [(other, None), (None, None), (None, None), (None, weights)]


@pytest.mark.parametrize("content", [None, b"something else"])
def test_unusable_given_weights_are_an_error(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch")
    weights = tmp_path / "weights.pth"
    if content is not None:
        weights.write_bytes(content)
    monkeypatch.setenv("VISION_WEIGHTS", str(weights))
    assert prepare.main(["--output", str(tmp_path / "model")]) == 1
    expected = "its sha256 begins with" if content else "cannot be read"
    assert f"No model was prepared: {weights}" in (said := capsys.readouterr().err)
    assert expected in said
    assert not (tmp_path / "model" / CARD_NAME).exists()


def test_a_missing_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(_: str) -> None:
        raise ModuleNotFoundError("No module named 'torch'", name="torch")

    monkeypatch.setattr(prepare.importlib, "import_module", missing)  # type: ignore[attr-defined]
    assert prepare.main(["--output", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "torch is missing: pip install './vision-service[prepare]'\n"


def test_the_models_are_those_that_can_be_built() -> None:
    pytest.importorskip("torch")
    architectures = importlib.import_module("vision.models.architectures")
    assert set(prepare.MODELS) == set(architectures.SHA256_PREFIXES)


def test_the_default_folder_is_the_services() -> None:
    script = [sys.executable, "-m", "vision.prepare", "--help"]
    answer = subprocess.run(script, capture_output=True, text=True, check=True, timeout=60)
    assert str(Settings().model_dir) in answer.stdout.replace("\n", "").replace(" ", "")
