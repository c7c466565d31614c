"""The training examples that are most like a text, by the cosine of their TF-IDF vectors."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Final

import numpy as np
import structlog
from pydantic import BaseModel

from intent.features import Floats, Integers, Sparse, Vocabulary, grams_of
from intent.labels import Label

MAX_EXAMPLES: Final = 100_000
"""The first so many are looked at; with sentences of a usual length they take about 100 MB."""
_PORTION: Final = 256
"""Texts that are turned into vectors at a time."""

_log = structlog.get_logger(source="neighbours")


class Kept(BaseModel):
    """A line of the file of examples."""

    text: str
    label: Label


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A training example, and its cosine with the text that was asked for."""

    text: str
    label: Label
    similarity: float


class Index:
    """Examples by their n-grams: of each one who has it and how much, so that only what is shared is looked at."""

    def __init__(self, vocabulary: Vocabulary, examples: Sequence[Kept]) -> None:
        self._vocabulary = vocabulary
        self._examples = examples
        rows, columns, values = _vectors(vocabulary, [example.text for example in examples])
        order = np.argsort(columns, kind="stable")
        self._rows, self._values = rows[order], values[order]
        self._starts = np.searchsorted(columns[order], np.arange(len(vocabulary.hashes) + 1))

    def nearest(self, text: str, count: int) -> list[Neighbour]:
        """Return at most `count` examples that have something in common with `text`, the nearest first."""
        similarities = self._similarities(_of_length_one(self._vocabulary.vectors(grams_of([text]))))
        nearest = np.argsort(-similarities, kind="stable")[:count]
        return [
            Neighbour(self._examples[row].text, self._examples[row].label, min(1.0, float(similarities[row])))
            for row in nearest
            if similarities[row] > 0
        ]

    def _similarities(self, vector: Sparse) -> Floats:
        starts, ends = self._starts[vector.columns], self._starts[vector.columns + 1]
        sizes = ends - starts
        before = np.cumsum(sizes) - sizes
        found = np.arange(sizes.sum()) + np.repeat(starts - before, sizes)
        products = self._values[found] * np.repeat(vector.values, sizes)
        return np.bincount(self._rows[found], products, len(self._examples)).astype(np.float32)


class Neighbourhood:
    """The examples in `path`, read when they are first asked for; none if the file is not there."""

    def __init__(self, path: Path, vocabulary: Vocabulary) -> None:
        self._path = path
        self._vocabulary = vocabulary
        self._building = Lock()
        self._index: Index | None = None

    def nearest(self, text: str, count: int) -> list[Neighbour]:
        """Return at most `count` examples like `text`, the nearest first; the first call takes a while."""
        with self._building:
            if self._index is None:
                self._index = Index(self._vocabulary, _read(self._path))
        return self._index.nearest(text, count)


def _read(path: Path) -> list[Kept]:
    """Return the distinct examples in `path`; none where it is missing, or where it is damaged, which the log tells."""
    try:
        with path.open(encoding="utf-8") as lines:
            found = [Kept.model_validate_json(line) for line in islice(lines, MAX_EXAMPLES)]
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        _log.error("the examples cannot be read", file=str(path), reason=type(error).__name__)
        return []
    return list({(example.text, example.label): example for example in found}.values())


def _vectors(vocabulary: Vocabulary, texts: Sequence[str]) -> tuple[Integers, Integers, Floats]:
    """Return of every value in the texts' vectors, which are of length 1, its row, its column and itself."""
    rows, columns, values = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)], [np.zeros(0, np.float32)]
    for first in range(0, len(texts), _PORTION):
        part = _of_length_one(vocabulary.vectors(grams_of(texts[first : first + _PORTION])))
        sizes = np.diff(part.starts)
        rows.append(np.repeat(np.arange(first, first + len(sizes), dtype=np.int32), sizes))
        columns.append(part.columns.astype(np.int32))
        values.append(part.values)
    return np.concatenate(rows), np.concatenate(columns), np.concatenate(values)


def _of_length_one(vectors: Sparse) -> Sparse:
    """Return the vectors scaled; a text of which only words or only characters are known has a shorter one."""
    sizes = np.diff(vectors.starts)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    lengths = np.sqrt(np.bincount(owner, vectors.values.astype(np.float64) ** 2, len(sizes)))
    return replace(vectors, values=(vectors.values / lengths[owner]).astype(np.float32))
