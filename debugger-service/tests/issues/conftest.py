"""Evidence of a few rows, made up: an embedding of letters, and probabilities that believe the labels."""

from collections.abc import Sequence
from typing import Any, Protocol
from zlib import crc32

import numpy as np
import pytest
from numpy.typing import NDArray

from debugger.evidence import SPLITS, UNKNOWN, Evidence
from debugger.evidence.neighbours import Neighbours

DIMENSIONS = 256


class Build(Protocol):
    def __call__(self, texts: Sequence[str], labels: Sequence[str | None], **arrays: Any) -> Evidence: ...


@pytest.fixture(scope="session")
def build() -> Build:
    """Rows with those texts and labels, numbered from 1; `arrays` are used in place of what is made up."""
    return _build


@pytest.fixture(scope="session")
def clean() -> Evidence:
    """Five classes of 40 texts, each of words of its own, that the model recognises."""
    rng = np.random.default_rng(5)
    words = {f"class {letter}": [f"{letter}{_word(rng)}" for _ in range(60)] for letter in "abcde"}
    rows = [(" ".join(rng.choice(words[label], 6, replace=False)), label) for label in words for _ in range(40)]
    return _build(*zip(*rows))


def _word(rng: np.random.Generator) -> str:
    return "".join(rng.choice(list("abcdefghijklmnopqrstuvwxyz"), 5))


def _build(texts: Sequence[str], labels: Sequence[str | None], **arrays: Any) -> Evidence:
    splits = arrays.pop("splits", ["training"] * len(texts))
    size, neighbours = len(texts), arrays.pop("m", 8)
    classes = tuple(sorted({label for label in labels if label is not None}))
    of = np.array([UNKNOWN if label is None else classes.index(label) for label in labels], np.int32)
    embedding = np.asarray(arrays.pop("embedding", _embedding(texts)), np.float32)
    made: dict[str, Any] = {
        "numbers": np.arange(1, size + 1),
        "texts": tuple(texts),
        "classes": classes,
        "labels": of,
        "splits": np.array([UNKNOWN if split is None else SPLITS.index(split) for split in splits], np.int8),
        "out_of_scope": np.zeros(size, bool),
        "scores": np.full(size, np.nan, np.float32),
        "probabilities": _believing(of, len(classes)),
        "embedding": embedding,
        "neighbours": _neighbours(embedding, neighbours),
    }
    return Evidence(**{name: _as(arrays.get(name, value), value) for name, value in made.items()})


def _as(given: Any, like: Any) -> Any:
    return np.asarray(given, like.dtype) if isinstance(like, np.ndarray) else given


def _believing(labels: NDArray[np.int32], classes: int) -> NDArray[np.float32]:
    probabilities = np.full((len(labels), classes), 1 / max(1, classes), np.float32)
    for row in np.flatnonzero(labels != UNKNOWN):
        probabilities[row] = 0.1 / max(1, classes - 1)
        probabilities[row, labels[row]] = 0.9 if classes > 1 else 1
    return probabilities


def _embedding(texts: Sequence[str]) -> NDArray[np.float32]:
    embedding = np.zeros((len(texts), DIMENSIONS), np.float32)
    for row, text in enumerate(texts):
        for at in range(len(text) - 2):
            embedding[row, crc32(text[at : at + 3].lower().encode("utf-8", "surrogatepass")) % DIMENSIONS] += 1
    lengths = np.linalg.norm(embedding, axis=1, keepdims=True)
    return np.asarray(embedding / np.maximum(lengths, 1e-6), np.float32)


def _neighbours(embedding: NDArray[np.float32], most: int) -> Neighbours:
    size = len(embedding)
    similarities = embedding @ embedding.T
    np.fill_diagonal(similarities, -np.inf)
    order = np.argsort(-similarities, axis=1, kind="stable")[:, : max(0, min(most, size - 1))]
    positions = np.full((size, most), -1, np.int32)
    found = np.zeros((size, most), np.float32)
    positions[:, : order.shape[1]] = order
    found[:, : order.shape[1]] = np.take_along_axis(similarities, order, axis=1)
    return Neighbours(positions, found)
