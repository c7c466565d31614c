"""Small real models, fitted on the spot, and the application over them."""

import hashlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

import httpx2
import numpy as np
import pytest
from safetensors.numpy import save

from intent.card import CARD, EXAMPLES, KNOTS, REPORT, TENSORS, Calibration, Card
from intent.features import Vocabulary, grams_of
from intent.labels import Label
from intent.main import create_app
from intent.settings import Settings
from shared.testing import client_of

Examples: TypeAlias = Sequence[tuple[str, Label]]
MakeModel: TypeAlias = Callable[..., str]

ORDERS: Final[Examples] = (
    ("Where is my parcel?", "track_order"),
    ("When will my order arrive?", "track_order"),
    ("Track the parcel I ordered last week", "track_order"),
    ("I want my money back", "refund"),
    ("Please refund the money for my order", "refund"),
    ("How do I get a refund?", "refund"),
    ("Cancel my order please", "cancel_order"),
    ("I do not want the order any more, cancel it", "cancel_order"),
    ("Stop my order before it is sent", "cancel_order"),
)
_CODES: Final = {"track_order": 26, "refund": 3, "cancel_order": 7}
NUMBERS: Final[Examples] = tuple((text, _CODES[str(label)]) for text, label in ORDERS)
FIRST_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def make_orders(tmp_path: Path) -> MakeModel:
    """A function that makes a model with names for labels in the folder `models`, and returns its version."""
    return partial(fitted, tmp_path / "models", ORDERS)


@pytest.fixture
def make_numbers(tmp_path: Path) -> MakeModel:
    """A function that makes a model with numbers for labels there, with as little as a model may have."""
    return partial(fitted, tmp_path / "models", NUMBERS, scope_threshold=None, keeps_texts=False, report=None)


@pytest.fixture
async def client(tmp_path: Path, make_orders: MakeModel) -> AsyncIterator[httpx2.AsyncClient]:
    make_orders()
    async with client_of(create_app(Settings(model_dir=tmp_path / "models"))) as client:
        yield client


@pytest.fixture
async def numbers_client(tmp_path: Path, make_numbers: MakeModel) -> AsyncIterator[httpx2.AsyncClient]:
    make_numbers()
    async with client_of(create_app(Settings(model_dir=tmp_path / "models"))) as client:
        yield client


@pytest.fixture(scope="session")
def orders_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two models: one with all that a model may have, and an older one with as little as it may have."""
    folder = tmp_path_factory.mktemp("models")
    fitted(folder, NUMBERS, scope_threshold=None, keeps_texts=False, report=None)
    fitted(folder, ORDERS, day=1)
    return folder


def fitted(
    folder: Path,
    examples: Examples,
    *,
    day: int = 0,
    scope_threshold: float | None = -0.2,
    ridge: float = 0.1,
    keeps_texts: bool = True,
    report: str | None = "<!doctype html><title>Report</title>",
) -> str:
    """Fit a model by least squares, write its folder `folder`/version, and return the version."""
    texts, labels = [text for text, _ in examples], sorted({label for _, label in examples}, key=str)
    grams = grams_of(texts)
    hashes = np.unique(grams.hashes)
    vocabulary = Vocabulary(hashes, np.ones(len(hashes), np.float32), 0.5)
    weights = _least_squares(vocabulary, texts, [labels.index(label) for _, label in examples], ridge)
    tensors: dict[str, np.typing.NDArray[Any]] = {
        "hashes": hashes,
        "rarity": vocabulary.weights,
        "word_share": np.array([vocabulary.word_share]),
        "weights": weights,
        "bias": np.zeros(len(labels), np.float32),
    }
    data = save(tensors)
    card = Card(
        version=hashlib.sha256(data).hexdigest()[:12],
        created_at=FIRST_DAY + timedelta(days=day),
        labels=labels,
        calibration=Calibration(slopes=[5.0] * (len(KNOTS) + 1)),
        scope_threshold=scope_threshold,
        data_sha256=hashlib.sha256(repr(examples).encode()).hexdigest(),
        training_rows=len(examples),
        seed=1,
        accuracy=0.9,
        packages={"numpy": np.__version__},
    )
    _write(folder / card.version, card, data, examples if keeps_texts else (), report)
    return card.version


def _least_squares(
    vocabulary: Vocabulary, texts: Sequence[str], targets: Sequence[int], ridge: float
) -> np.typing.NDArray[np.float32]:
    """Return weights whose margins are near 1 for the right label and near -1 for the others."""
    vectors = vocabulary.vectors(grams_of(texts))
    dense = np.zeros((len(texts), len(vocabulary.hashes)))
    dense[np.repeat(np.arange(len(texts)), np.diff(vectors.starts)), vectors.columns] = vectors.values
    wanted = 2 * np.eye(max(targets) + 1)[list(targets)] - 1
    inner = dense @ dense.T + ridge * np.eye(len(texts))
    return (dense.T @ np.linalg.solve(inner, wanted)).astype(np.float32)


def _write(folder: Path, card: Card, tensors: bytes, examples: Examples, report: str | None) -> None:
    folder.mkdir(parents=True)
    (folder / TENSORS).write_bytes(tensors)
    (folder / CARD).write_text(card.model_dump_json(), encoding="utf-8")
    if examples:
        lines = [json.dumps({"text": text, "label": label}) + "\n" for text, label in examples]
        (folder / EXAMPLES).write_text("".join(lines), encoding="utf-8")
    if report is not None:
        (folder / REPORT).write_text(report, encoding="utf-8")
