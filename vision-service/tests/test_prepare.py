"""`python -m vision.prepare`: once is enough, and what cannot be had is said."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from vision import prepare
from vision.models.card import ModelCard
from vision.models.repository import Repository
from vision.settings import Settings


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISION_WEIGHTS", raising=False)


def forbid_preparation(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} was imported")

    monkeypatch.setattr(prepare.importlib, "import_module", refuse)  # type: ignore[attr-defined]


@pytest.fixture
def ready(repository: Repository) -> ModelCard:
    """The model that is prepared and in service."""
    name = repository.default(None)
    return repository.load(name, repository.serving(name).version)[0]


def test_a_prepared_model_is_kept(
    ready: ModelCard, model_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    forbid_preparation(monkeypatch)
    assert prepare.main(["--output", str(model_dir)]) == 0
    said = capsys.readouterr().err
    assert f"Already prepared in {model_dir}: {ready.describe()}" in said
    assert ("stands in for resnet18" in said) == (ready.stands_in_for == "resnet18")
    assert prepare.main(["--output", str(model_dir), "--model", ready.name, "--weights", ready.weights]) == 0


def test_something_else_is_prepared_anew(
    ready: ModelCard, model_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, ...]] = []

    def prepare_model(_folder: Path, wish: object, _console: object) -> ModelCard:
        asked.append(wish if isinstance(wish, tuple) else ())
        return ready

    preparation = SimpleNamespace(
        prepare_model=prepare_model, create_console=lambda: None, Wish=lambda *fields: fields, ERRORS=(OSError,)
    )
    monkeypatch.setattr(prepare.importlib, "import_module", lambda _: preparation)  # type: ignore[attr-defined]
    folder = ["--output", str(model_dir)]
    weights = tmp_path / "weights.pth"
    weights.write_bytes(b"others")
    assert prepare.main([*folder, "--model", "squeezenet1_1"]) == 0
    assert prepare.main([*folder, "--weights", "IMAGENET1K_V9"]) == 0
    assert prepare.main([*folder, "--force"]) == 0
    assert prepare.main(["--output", str(tmp_path / "new")]) == 0
    monkeypatch.setenv("VISION_WEIGHTS", str(weights))
    assert prepare.main(folder) == 0
    nothing = (None, None, None)
    assert [wish[:3] for wish in asked] == [
        ("squeezenet1_1", None, None),
        (None, "IMAGENET1K_V9", None),
        nothing,
        nothing,
        (None, None, weights),
    ]


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (["--model", "resnet19"], "torchvision has no classifier 'resnet19'; near are resnet18"),
        (["--model", "resnet18", "--weights", "V9"], "resnet18 has no weights 'V9'; it has IMAGENET1K_V1"),
    ],
)
def test_what_torchvision_does_not_have_is_said(
    asked: list[str], reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch")
    assert prepare.main(["--output", str(tmp_path), *asked]) == 1
    assert reason in capsys.readouterr().err


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
    assert Repository(tmp_path / "model").names() == []


def test_a_missing_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(_: str) -> None:
        raise ModuleNotFoundError("No module named 'torch'", name="torch")

    monkeypatch.setattr(prepare.importlib, "import_module", missing)  # type: ignore[attr-defined]
    assert prepare.main(["--output", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "torch is missing: pip install './vision-service[prepare]'\n"


def test_the_default_folder_is_the_services() -> None:
    script = [sys.executable, "-m", "vision.prepare", "--help"]
    answer = subprocess.run(script, capture_output=True, text=True, check=True, timeout=60)
    assert str(Settings().model_dir) in answer.stdout.replace("\n", "").replace(" ", "")
