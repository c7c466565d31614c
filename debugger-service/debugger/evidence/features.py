"""From texts to vectors without any outside model: TF-IDF of words and of parts of words, then its main directions.

Latent semantic analysis (Deerwester et al. 1990) by a randomised SVD (Halko, Martinsson & Tropp 2011).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from debugger.evidence.terms import Terms

Floats = NDArray[np.float32]

DIMENSIONS: Final = 512
"""Of the vectors that models are fitted on."""
EMBEDDING: Final = 128
"""The first so many of them, those that tell most, are where neighbours are looked for."""
MAX_CHARACTERS: Final = 10_000_000
"""Of all texts together; where they have more, the longest are cut to one length, which bounds the memory."""
MIN_LENGTH: Final = 100
"""No text is cut to fewer characters."""
CHUNK: Final = 10_000
"""Texts that are counted at once."""
HASHED: Final = 1 << 20
"""Columns that words are hashed to, and as many that parts of words are."""

_WORDS: Final = HashingVectorizer(
    tokenizer=re.compile(r"\w+").findall,
    token_pattern=None,
    ngram_range=(1, 2),
    n_features=HASHED,
    alternate_sign=False,
    norm=None,
    dtype=np.float32,
)
_PARTS: Final = HashingVectorizer(
    analyzer="char_wb", ngram_range=(2, 5), n_features=HASHED, alternate_sign=False, norm=None, dtype=np.float32
)


@dataclass(frozen=True)
class Embedder:
    """Turns texts into vectors to find neighbours by; what it makes of a text depends on that text alone."""

    words: Terms
    parts: Terms
    length: int
    """Characters of a text that it looks at."""

    directions: Floats
    """(terms, at most `EMBEDDING`)"""

    further: NDArray[np.float16] | None = None
    """(terms, at most `DIMENSIONS` - `EMBEDDING`), the directions after these, in half precision for they are many."""

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return (n, at most `EMBEDDING`) of unit length; zeros for a text without any known term."""
        found = np.zeros((len(texts), self.directions.shape[1]), np.float32)
        for start, words, parts in _counted(texts, self.length):
            found[start : start + words.shape[0]] = _weighed(self.words, self.parts, words, parts) @ self.directions
        return unit(found)

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Return (n, at most `DIMENSIONS`), nearly as `fit` makes them; raises ValueError without `further`."""
        if self.further is None:
            raise ValueError("an embedder without `further` makes vectors to find neighbours by alone")
        split = self.directions.shape[1]
        found = np.zeros((len(texts), split + self.further.shape[1]), np.float32)
        for start, words, parts in _counted(texts, self.length):
            weighed = _weighed(self.words, self.parts, words, parts)
            terms = np.unique(weighed.indices)  # of few texts few, of which alone single precision is made
            known, rows = weighed[:, terms], slice(start, start + words.shape[0])
            found[rows, :split] = known @ self.directions[terms]
            found[rows, split:] = known @ self.further[terms].astype(np.float32)
        return unit(found)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that it knows, for `numpy.savez` without pickle."""
        further = {} if self.further is None else {"further": self.further}
        return {
            **further,
            "words": self.words.columns,
            "words_rarity": self.words.rarity,
            "parts": self.parts.columns,
            "parts_rarity": self.parts.rarity,
            "length": np.array(self.length),
            "directions": self.directions,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "Embedder":
        """Return the one that `to_arrays` was called on; raises KeyError where an array is missing."""
        words = Terms(arrays["words"], arrays["words_rarity"])
        parts = Terms(arrays["parts"], arrays["parts_rarity"])
        return cls(words, parts, int(arrays["length"]), arrays["directions"], arrays.get("further"))


ARRAYS: Final = ("words", "words_rarity", "parts", "parts_rarity", "length", "directions")
"""What an embedder is made of that finds neighbours."""
FURTHER: Final = "further"
"""And what it needs besides, to make vectors that models are fitted on."""


def fit(texts: Sequence[str], seed: int = 0) -> tuple[Embedder, Floats]:
    """Return an embedder, and (n, at most `DIMENSIONS`) vectors of `texts` to fit models on, of unit length or zeros.

    The same texts and seed always give the same.
    """
    length = _length(texts)
    counts = [(words, parts) for _, words, parts in _counted(texts, length)]
    words = Terms.of([each for each, _ in counts], HASHED)
    parts = Terms.of([each for _, each in counts], HASHED)
    weighed = _stacked((_weighed(words, parts, *counts.pop(0)) for _ in range(len(counts))), words, parts)
    directions = _directions(weighed, seed)
    vectors = np.asarray(weighed @ directions, np.float32)
    further = directions[:, EMBEDDING:].astype(np.float16)
    return Embedder(words, parts, length, directions[:, :EMBEDDING].copy(), further), unit(vectors)


def embedding_of(vectors: Floats) -> Floats:
    """Return what of the vectors of `fit` is for finding neighbours, as `Embedder.embed` makes it."""
    return unit(vectors[:, :EMBEDDING])


def unit(vectors: Floats) -> Floats:
    """Return the vectors, rows, with length 1; zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: Floats = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return found


def _directions(weighed: csr_matrix, seed: int) -> Floats:
    """Return (terms, dimensions), the directions that tell most first."""
    if not weighed.shape[0]:
        return np.zeros((weighed.shape[1], 1), np.float32)
    most = min(DIMENSIONS, *weighed.shape)
    with threadpool_limits(1):  # several wait for each other longer than they compute where the cores are busy
        _, _, found = randomized_svd(weighed, most, n_oversamples=20, n_iter=3, random_state=seed)
    return np.ascontiguousarray(found.T, np.float32)


def _weighed(words: Terms, parts: Terms, counted_words: csr_matrix, counted_parts: csr_matrix) -> csr_matrix:
    both = hstack([words.weigh(counted_words), parts.weigh(counted_parts)], "csr", np.float32)
    return normalize(both, copy=False)


def _stacked(chunks: Iterable[csr_matrix], words: Terms, parts: Terms) -> csr_matrix:
    empty = csr_matrix((0, words.width + parts.width), dtype=np.float32)
    return vstack([empty, *chunks], "csr", np.float32)


def _counted(texts: Sequence[str], length: int) -> Iterator[tuple[int, csr_matrix, csr_matrix]]:
    """Yield of each chunk where it begins, and how often each word and each part is in its texts."""
    for start in range(0, len(texts), CHUNK):
        chunk = [_normalised(text)[:length] for text in texts[start : start + CHUNK]]
        yield start, _WORDS.transform(chunk), _PARTS.transform(chunk)


def _normalised(text: str) -> str:
    """Return it in compatible form, and without halves of characters, which no hash is known for."""
    return unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode())


def _length(texts: Sequence[str]) -> int:
    """Return to how many characters texts are cut."""
    lengths = np.array([len(text) for text in texts], np.int64)
    low, high = MIN_LENGTH, max(MIN_LENGTH, int(lengths.max(initial=0)))
    while low < high:
        middle = (low + high + 1) // 2
        if np.minimum(lengths, middle).sum() <= MAX_CHARACTERS:
            low = middle
        else:
            high = middle - 1
    return low
