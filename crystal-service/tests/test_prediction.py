"""A row's answer depends on the row alone, and an operator's own files are served or refused in one line."""

from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
import skops.io
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.f2py.crackfortran import myeval
from numpy.typing import NDArray
from pydantic import ValidationError
from safetensors.torch import load_file
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC

from crystal.main import create_app
from crystal.models.blocks import BLOCK_ROWS
from crystal.models.pytorch import Mlp, PytorchModel
from crystal.prediction import Predictor, Unavailable, load_predictors
from crystal.settings import Settings
from crystal.train import train
from shared.testing import client_of

LEGACY = Path(__file__).parent / "files" / "sklearn-1.1.joblib"
IRIS = load_iris(return_X_y=True)
batches = st.integers(1, 2 * BLOCK_ROWS[0] + 3).flatmap(
    lambda rows: arrays(np.float64, (rows, 4), elements=st.floats(-1e6, 1e6), fill=st.floats(0, 8))
)


def loaded(name: str, settings: Settings, **own: Any) -> Predictor:
    predictor = load_predictors(settings.model_copy(update=own))[name]
    assert isinstance(predictor, Predictor), predictor
    return predictor


def refused(name: str, settings: Settings, **own: Any) -> str:
    predictor = load_predictors(settings.model_copy(update=own))[name]
    assert isinstance(predictor, Unavailable), predictor
    assert "\n" not in predictor.reason
    return predictor.reason


@pytest.mark.parametrize("name", ["sklearn", "pytorch"])
@hypothesis_settings(deadline=None)
@given(rows=batches, pick=st.randoms(use_true_random=False))
def test_batched_and_single_predictions_are_identical(
    name: str, settings: Settings, rows: NDArray[np.float64], pick: Any
) -> None:
    predictor = loaded(name, settings)
    together = predictor.predict(rows)
    for index in {0, len(rows) - 1, pick.randrange(len(rows)), pick.randrange(len(rows))}:
        alone = predictor.predict(rows[index : index + 1])
        assert alone.labels == [together.labels[index]]
        assert alone.scores == [together.scores[index]]


def test_a_model_saved_by_scikit_learn_1_1_loads(settings: Settings) -> None:
    predictor = loaded("sklearn", settings, sklearn_model=LEGACY, allow_pickle=True)
    scores = predictor.predict(np.array([[0.92, 0.12, 0.31, 0.09]])).scores[0]
    assert scores == pytest.approx({"blue": 0.9927769, "green": 0.0072231, "yellow": 1.34e-8}, abs=1e-4)


def test_a_pickle_needs_the_operators_word(settings: Settings) -> None:
    assert "CRYSTAL_ALLOW_PICKLE=true" in refused("sklearn", settings, sklearn_model=LEGACY)


def test_other_classifiers_are_served(tmp_path: Path, settings: Settings) -> None:
    skops.io.dump(RandomForestClassifier(5).fit(*IRIS), tmp_path / "forest.skops")
    predictor = loaded("sklearn", settings, sklearn_model=tmp_path / "forest.skops", labels=["a", "b", "c"])
    assert predictor.predict(np.array([[5.1, 3.5, 1.4, 0.2]])).labels == ["a"]
    assert predictor.predict(np.array([[99.0, 99, 99, 99]])).out_of_range == []


def test_a_skops_file_that_would_run_code_is_refused(tmp_path: Path, settings: Settings) -> None:
    smuggled = make_pipeline(FunctionTransformer(np.vectorize(myeval)), LogisticRegression(max_iter=5000))
    smuggled.steps[1][1].fit(*IRIS)
    skops.io.dump(smuggled, tmp_path / "smuggled.skops")
    assert "holds more than estimators" in refused("sklearn", settings, sklearn_model=tmp_path / "smuggled.skops")


def test_the_mlp_is_evaluated_as_pytorch_does(settings: Settings) -> None:
    rows = np.random.default_rng(3).uniform(0, 8, (5000, 4))
    weights = load_file(settings.model_dir / PytorchModel.filename)
    mlp = Mlp()
    mlp.load_state_dict(weights)
    expected = mlp(torch.tensor(rows, dtype=torch.float32)).detach().numpy()
    found = loaded("pytorch", settings).model.predict_proba(rows)
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("suffix", [".safetensors", ".pth"])
def test_the_teams_own_weights_are_served(tmp_path: Path, settings: Settings, suffix: str) -> None:
    mlp, path = Mlp(hidden=7), tmp_path / f"own{suffix}"
    torch.save(mlp.state_dict(), path) if suffix == ".pth" else PytorchModel(mlp).save(path)
    row = np.array([[5.1, 3.5, 1.4, 0.2]])
    scores = loaded("pytorch", settings, pytorch_model=path).predict(row).scores[0]
    assert list(scores.values()) == pytest.approx(mlp(torch.tensor(row, dtype=torch.float32))[0].tolist())


def test_a_state_dict_that_would_run_code_is_refused(tmp_path: Path, settings: Settings) -> None:
    torch.save(Mlp(), tmp_path / "whole-module.pth")
    reason = refused("pytorch", settings, pytorch_model=tmp_path / "whole-module.pth")
    assert "neither safetensors nor a state dict" in reason


@pytest.mark.parametrize(
    ("estimator", "text"),
    [
        (LinearRegression().fit(*IRIS), "not a classifier"),
        (LogisticRegression(), "not fitted"),
        (LogisticRegression(max_iter=5000).fit(IRIS[0], IRIS[1] + 1), "not the classes 0, 1, 2"),
        (LogisticRegression(max_iter=5000).fit(IRIS[0][:, :3], IRIS[1]), "takes 3 features"),
        (LogisticRegression(max_iter=5000).fit(IRIS[0][:100], IRIS[1][:100]), "has 2 classes for 3 labels"),
        (SVC().fit(*IRIS), "not a classifier with predict_proba"),
        ({"not": "a model"}, "holds a dict"),
    ],
)
def test_an_estimator_that_does_not_fit_is_refused(
    tmp_path: Path, settings: Settings, estimator: object, text: str
) -> None:
    joblib.dump(estimator, tmp_path / "own.joblib")
    assert text in refused("sklearn", settings, sklearn_model=tmp_path / "own.joblib", allow_pickle=True)


@pytest.mark.parametrize("content", [b"", b"rubbish", b"PK\x03\x04 not a zip"])
@pytest.mark.parametrize(
    ("name", "file"),
    [("sklearn", "a.skops"), ("sklearn", "a.joblib"), ("pytorch", "a.safetensors"), ("pytorch", "a.pth")],
)
def test_a_file_that_is_no_model_is_refused(
    tmp_path: Path, settings: Settings, name: str, file: str, content: bytes
) -> None:
    (tmp_path / file).write_bytes(content)
    assert file in refused(name, settings, **{f"{name}_model": tmp_path / file}, allow_pickle=True)


async def test_readiness_tells_which_file_does_not_fit(tmp_path: Path, settings: Settings) -> None:
    own = settings.model_copy(update={"pytorch_model": tmp_path / "absent.pth"})
    async with client_of(create_app(own)) as client:
        ready = await client.get("/readyz")
        assert ready.status_code == 503
        assert "pytorch: no file at" in ready.json()["detail"]
        body = {"crystalData": [[5.1, 3.5, 1.4, 0.2]]}
        assert (await client.post("/pytorch", json=body)).status_code == 503
        assert (await client.post("/sklearn", json=body)).status_code == 200


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, settings: Settings) -> None:
    assert "cannot be read: Is a directory" in refused("pytorch", settings, pytorch_model=tmp_path)


def test_trained_models_are_readable_by_other_users(model_dir: Path) -> None:
    assert all(file.stat().st_mode & 0o004 for file in model_dir.iterdir())


def test_without_models_it_says_how_to_train_them(tmp_path: Path) -> None:
    assert "python -m crystal.train" in refused("sklearn", Settings(model_dir=tmp_path))


def test_labels_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRYSTAL_LABELS", "red, amber ,green")
    assert Settings().labels == ["red", "amber", "green"]
    monkeypatch.setenv("CRYSTAL_LABELS", "red,red,green")
    with pytest.raises(ValidationError, match="differ"):
        Settings()


def test_training_is_reproducible(model_dir: Path, tmp_path: Path) -> None:
    train(tmp_path)
    name = PytorchModel.filename
    assert (tmp_path / name).read_bytes() == (model_dir / name).read_bytes()
