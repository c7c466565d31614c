"""The three routes and `/models`: right answers for right data, and a clear no for everything else."""

import json
from pathlib import Path
from typing import Any

import httpx2
import joblib
import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from crystal.main import create_app
from crystal.settings import Settings
from shared.testing import client_of

ROWS = [[0.92, 0.12, 0.31, 0.09], [0.31, 0.54, 0.78, 0.17]]
IRIS = [[5.1, 3.5, 1.4, 0.2], [6.7, 3.1, 5.6, 2.4]]


async def post(client: httpx2.AsyncClient, path: str, body: Any, **headers: str) -> httpx2.Response:
    content = body if isinstance(body, str | bytes) else json.dumps(body)
    return await client.post(path, content=content, headers={"content-type": "application/json", **headers})


async def test_sklearn_gives_the_documented_scores(client: httpx2.AsyncClient) -> None:
    answer = (await post(client, "/sklearn", {"crystalData": ROWS})).json()
    assert answer["prediction"] == ["blue", "blue"]
    assert answer["scores"][0] == pytest.approx({"blue": 0.9927769, "green": 0.0072231, "yellow": 1.34e-8}, abs=1e-4)
    assert answer["scores"][1]["blue"] == pytest.approx(0.9924668, abs=1e-4)


@pytest.mark.parametrize("path", ["/sklearn", "/pytorch"])
async def test_the_answer_has_the_two_documented_fields_only(client: httpx2.AsyncClient, path: str) -> None:
    answer = (await post(client, path, {"crystalData": IRIS})).json()
    assert set(answer) == {"prediction", "scores"}
    assert answer["prediction"] == ["blue", "yellow"]
    assert [list(scores) for scores in answer["scores"]] == [["blue", "green", "yellow"]] * 2
    assert [sum(scores.values()) for scores in answer["scores"]] == pytest.approx([1, 1])


@pytest.mark.parametrize("model", ["sklearn", "pytorch"])
async def test_astromech_answers_as_the_model_does(client: httpx2.AsyncClient, model: str) -> None:
    chosen = await post(client, "/astromech", {"model": model, "crystalData": ROWS})
    direct = await post(client, f"/{model}", {"crystalData": ROWS})
    assert chosen.json() == direct.json()


@pytest.mark.parametrize("path", ["/sklearn", "/pytorch", "/astromech"])
@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("[[1, 2, 3, 4], [1, 2, 3]]", "row 1, column 3"),
        ("[[1, 2, 3, 4, 5]]", "row 0"),
        ("[[1, 2, 3, 4], []]", "row 1, column 0"),
        ("[]", "at least 1"),
        ("[[]]", "row 0, column 0"),
        ("[1, 2, 3, 4]", "row 0"),
        ("[[1, 2, 3, [4]]]", "row 0, column 3"),
        ('[[1, 2, "3", 4]]', "row 0, column 2"),
        ("[[1, true, 3, 4]]", "row 0, column 1"),
        ("[[null, 2, 3, 4]]", "row 0, column 0"),
        ("[[1, 2, 3, 4], [1, 2, 3, NaN]]", "row 1, column 3"),
        ("[[1, 2, 3, -Infinity]]", "row 0, column 3"),
        ("[[1, 2, 3, 1e999]]", "row 0, column 3"),
        ("[[1, 2, 3, 1e31]]", "row 0, column 3"),
        ("null", "valid list"),
        ('"rows"', "valid list"),
        ("{}", "valid list"),
        ("[[1, 2, 3, 4]", "Invalid JSON"),
    ],
)
async def test_odd_data_is_422_and_named(client: httpx2.AsyncClient, path: str, data: str, text: str) -> None:
    answer = await post(client, path, '{"model": "sklearn", "crystalData": %s}' % data)  # noqa: UP031
    assert answer.status_code == 422, answer.text
    assert text in answer.json()["detail"]


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"5", b'{"crystalData"', b"\xff", b"[" * 100_000])
async def test_a_body_that_is_no_request_is_422(client: httpx2.AsyncClient, body: bytes) -> None:
    for path in ("/sklearn", "/astromech"):
        assert (await post(client, path, body)).status_code == 422


@pytest.mark.parametrize("model", ["xgboost", "", "SKLEARN", None, 5, ["sklearn"], {"a": 1}, True])
@pytest.mark.parametrize("data", [ROWS, [[1], [2, 3]], "none"])
async def test_an_unknown_model_is_400_whatever_the_data(client: httpx2.AsyncClient, model: Any, data: Any) -> None:
    answer = await post(client, "/astromech", {"model": model, "crystalData": data})
    assert answer.status_code == 400
    assert answer.json()["detail"] == "model must be one of sklearn, pytorch."


async def test_a_missing_model_is_422(client: httpx2.AsyncClient) -> None:
    answer = await post(client, "/astromech", {"crystalData": ROWS})
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", "model"])


async def test_another_content_type_is_415_and_none_is_json(client: httpx2.AsyncClient) -> None:
    body = json.dumps({"crystalData": IRIS}).encode()
    assert (await client.post("/sklearn", content=body, headers={"content-type": "text/csv"})).status_code == 415
    assert (await client.post("/sklearn", content=body)).status_code == 200


async def test_too_many_rows_and_too_many_bytes(client: httpx2.AsyncClient, settings: Settings) -> None:
    answer = await post(client, "/sklearn", {"crystalData": [[1, 2, 3, 4]] * 200_001})
    assert answer.status_code == 422
    async with client_of(create_app(settings.model_copy(update={"max_body_bytes": 10}))) as small:
        assert (await post(small, "/sklearn", {"crystalData": ROWS})).status_code == 413


async def test_features_far_outside_training_are_told_in_a_header(client: httpx2.AsyncClient) -> None:
    usual = await post(client, "/sklearn", {"crystalData": IRIS})
    unusual = await post(client, "/sklearn", {"crystalData": [*IRIS, [5.1, 3.5, 1.4, 99]]})
    assert "crystal-warnings" not in usual.headers
    (warning,) = json.loads(unusual.headers["crystal-warnings"])
    assert (warning["feature"], warning["rows"], warning["first_row"]) == ("petal width (cm)", 1, 2)
    assert warning["value"] == 99


async def test_a_failing_prediction_is_500_and_the_next_one_works(tmp_path: Path, settings: Settings) -> None:
    fragile = make_pipeline(FunctionTransformer(np.log1p), LogisticRegression(max_iter=5000))
    joblib.dump(fragile.fit(*load_iris(return_X_y=True)), tmp_path / "fragile.joblib")
    own = {"sklearn_model": tmp_path / "fragile.joblib", "allow_pickle": True}
    async with client_of(create_app(settings.model_copy(update=own))) as client:
        failed = await post(client, "/sklearn", {"crystalData": [[5.1, 3.5, -9, 0.2]]})
        assert failed.status_code == 500
        assert failed.json()["detail"] == "The sklearn model failed on this data."
        assert (await post(client, "/sklearn", {"crystalData": IRIS})).status_code == 200


async def test_models_are_described(client: httpx2.AsyncClient) -> None:
    models = {model["name"]: model for model in (await client.get("/models")).json()["models"]}
    assert models["sklearn"]["kind"] == "scikit-learn LogisticRegression"
    assert models["pytorch"]["metrics"]["held_out_accuracy"] >= 0.95
    for model in models.values():
        assert model["labels"] == ["blue", "green", "yellow"]
        assert len(model["version"]) == 12
        assert model["features"][0] == {"name": "sepal length (cm)", "minimum": 4.3, "maximum": 7.9}


async def test_the_root_leads_to_the_documentation(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "docs")
