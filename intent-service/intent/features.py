"""From texts to sparse TF-IDF vectors over words, pairs of words and character n-grams, for many texts at once.

Every n-gram is known by a 64-bit hash alone. One array holds the characters of all texts, and the hash of any part of
it is a difference of two prefix sums (Karp & Rabin 1987), so that no step in Python is per n-gram.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Hashes: TypeAlias = NDArray[np.uint64]
Integers: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float32]

CHARACTERS: Final = (2, 5)
"""Lengths of the shortest and the longest character n-gram; none goes across the end of a word."""
_BASE: Final = 0x9E3779B97F4A7C15
_SALTS: Final = (0xD6E8FEB86659FD93, 0xA0761D6478BD642F)
_SPACE: Final = ord(" ")
_TOKEN: Final = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class Grams:
    """All n-grams of `texts` texts: which text each is in, its hash, and whether it is of words."""

    texts: int
    rows: Integers
    hashes: Hashes
    of_words: NDArray[np.bool_]


@dataclass(frozen=True)
class Sparse:
    """Rows in compressed form: row i has `columns` and `values` from `starts[i]` to `starts[i + 1]`.

    `unknown` is which share of a text's n-grams is not known, 1 where there are none.
    """

    starts: Integers
    columns: Integers
    values: Floats
    unknown: NDArray[np.float64]


def normalise(text: str) -> str:
    """Return the words and marks of `text`, in lower case and compatible form, with a blank before and after each."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return f" {' '.join(_TOKEN.findall(folded))} "


def grams_of(texts: Sequence[str]) -> Grams:
    """Return all n-grams of `texts`."""
    line = _Line.of([normalise(text) for text in texts])
    parts = [
        line.words(),
        line.pairs(),
        *(line.characters(length) for length in range(CHARACTERS[0], CHARACTERS[1] + 1)),
    ]
    sizes = [len(starts) for starts, _ in parts]
    return Grams(
        texts=len(texts),
        rows=line.rows[np.concatenate([starts for starts, _ in parts])],
        hashes=np.concatenate([hashes for _, hashes in parts]),
        of_words=np.arange(sum(sizes)) < sizes[0] + sizes[1],
    )


@dataclass(frozen=True)
class Vocabulary:
    """The n-grams that are known, in the order of their `hashes`, and the weight of each by how rare it is.

    `word_share` in [0, 1] is how much of a vector's squared length is of words, and the rest is of characters.
    """

    hashes: Hashes
    weights: Floats
    word_share: float

    def vectors(self, grams: Grams) -> Sparse:
        """Return the TF-IDF vectors, (1 + log count) x weight, with words and characters each normalised."""
        columns = np.searchsorted(self.hashes, grams.hashes).clip(max=len(self.hashes) - 1)
        known = self.hashes[columns] == grams.hashes
        keys = (grams.rows[known] * 2 + ~grams.of_words[known]) * len(self.hashes) + columns[known]
        found, counts = np.unique(keys, return_counts=True)
        parts, columns = np.divmod(found, len(self.hashes))
        values = (1 + np.log(counts)) * self.weights[columns]
        lengths = np.sqrt(np.bincount(parts, values**2, 2 * grams.texts))
        shares = np.sqrt(np.array([self.word_share, 1 - self.word_share]))
        scaled = values / lengths[parts] * shares[parts % 2]
        starts = np.searchsorted(parts, np.arange(0, 2 * grams.texts + 1, 2))
        return Sparse(starts, columns, scaled.astype(np.float32), _share(grams, ~known))


def _share(grams: Grams, marked: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return which share of each text's n-grams is marked; 1 where there are none."""
    count = np.bincount(grams.rows, minlength=grams.texts)
    found = np.bincount(grams.rows[marked], minlength=grams.texts)
    return np.divide(found, count, out=np.ones(grams.texts), where=count > 0)


@dataclass(frozen=True)
class _Line:
    """Texts behind each other: of every character its row, of every prefix its hash and how many blanks it has."""

    rows: Integers
    hashes: Hashes
    inverses: Hashes
    blanks: Integers

    @classmethod
    def of(cls, normalised: Sequence[str]) -> "_Line":
        data = "".join(normalised).encode("utf-32-le", "surrogatepass")
        characters = np.frombuffer(data, np.uint32).astype(np.uint64)
        size = len(characters)
        return cls(
            rows=np.repeat(np.arange(len(normalised)), [len(text) for text in normalised]),
            hashes=_sums(characters * _powers(_BASE, size)),
            inverses=_powers(pow(_BASE, -1, 1 << 64), size),
            blanks=np.concatenate([[0], np.cumsum(characters == _SPACE)]),
        )

    def part(self, starts: Integers, ends: Integers | int) -> Hashes:
        """Return the hashes of what is between `starts` and `ends`, the same wherever it stands."""
        return (self.hashes[ends] - self.hashes[starts]) * self.inverses[starts]

    def words(self) -> tuple[Integers, Hashes]:
        """Return where each word begins, and its hash."""
        blanks = np.flatnonzero(np.diff(self.blanks))
        between = np.diff(blanks) > 1
        starts, ends = blanks[:-1][between] + 1, blanks[1:][between]
        return starts, _mixed(self.part(starts, ends), _SALTS[0])

    def pairs(self) -> tuple[Integers, Hashes]:
        """Return where each pair of neighbouring words begins, and its hash."""
        starts, hashes = self.words()
        together = self.rows[starts[:-1]] == self.rows[starts[1:]]
        return starts[:-1][together], _mixed(hashes[:-1] * np.uint64(_BASE) + hashes[1:], _SALTS[1])[together]

    def characters(self, length: int) -> tuple[Integers, Hashes]:
        """Return where each n-gram of `length` characters begins, and its hash; blanks are only at its ends."""
        starts = np.arange(max(0, len(self.rows) - length + 1))
        inner = self.blanks[starts + length - 1] - self.blanks[starts + 1]
        all_blank = self.blanks[starts + length] - self.blanks[starts] == length
        starts = starts[(inner == 0) & ~all_blank]
        return starts, _mixed(self.part(starts, starts + length), length)


def _sums(values: Hashes) -> Hashes:
    """Return the sum of everything before each value, and at the end of all, modulo 2 to the 64th."""
    return np.concatenate([np.zeros(1, np.uint64), np.cumsum(values, dtype=np.uint64)])


def _powers(base: int, count: int) -> Hashes:
    """Return the powers of `base` from 0 on, modulo 2 to the 64th."""
    factors = np.full(count, base, np.uint64)
    factors[:1] = 1
    return np.cumprod(factors, dtype=np.uint64)


def _mixed(hashes: Hashes, salt: int) -> Hashes:
    """Return `hashes` spread over all bits, for each `salt` in another way (SplitMix64, Steele et al. 2014)."""
    mixed = hashes + np.uint64(salt)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
