"""Which rows say the same: those of equal plain texts, and those nearly so."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from debugger.evidence import Evidence
from debugger.issues.plain_text import groups_of, plain

NEAR_COSINE: Final = 0.7
"""Nearest neighbours whose embeddings have at least this cosine are compared by letters."""

MAX_CHARACTERS: Final = 2_000
"""Of longer texts the beginnings are compared."""

_PAIRS_AT_A_TIME: Final = 1 << 15
_COLUMN_BITS: Final = 20
_FACTORS: Final = (np.uint32(0x9E3779B1), np.uint32(0x85EBCA77), np.uint32(0xC2B2AE3D))

Positions = NDArray[np.int64]
Floats = NDArray[np.float32]
Bits = NDArray[np.bool_]


@dataclass(frozen=True)
class Pairs:
    """Rows that nearly say the same, but not quite."""

    one: Positions
    """(p,) positions in the evidence, each less than its `other`."""

    other: Positions
    overlap: Floats
    """(p,) the part of the three-letter pieces in common, in [0, 1]."""


@dataclass(frozen=True)
class Alike:
    """Rows that say the same."""

    groups: Positions
    """(n,) the position of the first row with an equal plain text."""

    pairs: Pairs


def find_alike(evidence: Evidence, wanted: Callable[[Positions, Positions], Bits], least: float) -> Alike:
    """Find rows of equal plain texts, and the `wanted` pairs of neighbours with an overlap of at least `least`."""
    texts = plain(evidence.texts)
    groups = groups_of(texts)
    one, other = _near(evidence)
    chosen = groups[one] != groups[other]
    chosen &= wanted(one, other)
    one, other = one[chosen], other[chosen]
    overlap = _overlaps(texts, one, other)
    near = overlap >= least
    return Alike(groups, Pairs(one[near], other[near], overlap[near]))


def _near(evidence: Evidence) -> tuple[Positions, Positions]:
    """Return the pairs of neighbours, each once, in order."""
    positions, similarities = evidence.neighbours.positions, evidence.neighbours.similarities
    rows, columns = np.nonzero((positions >= 0) & (similarities >= NEAR_COSINE))
    others = positions[rows, columns].astype(np.int64)
    codes = np.unique(np.minimum(rows, others) * evidence.size + np.maximum(rows, others))
    return np.divmod(codes, max(1, evidence.size))


def _overlaps(texts: list[str], one: Positions, other: Positions) -> Floats:
    """Return Jaccard's similarity of the three-letter pieces of the texts at `one` and at `other`."""
    used = np.unique(np.concatenate([one, other]))
    pieces = _pieces([texts[position] for position in used])
    sizes = np.diff(pieces.indptr)
    found = [np.zeros(0, np.float32)]
    for left, right in _portions(np.searchsorted(used, one), np.searchsorted(used, other)):
        common = pieces[left].multiply(pieces[right]).sum(axis=1)
        found.append((common / (sizes[left] + sizes[right] - common)).astype(np.float32))
    return np.concatenate(found)


def _portions(one: Positions, other: Positions) -> Iterator[tuple[Positions, Positions]]:
    for first in range(0, len(one), _PAIRS_AT_A_TIME):
        yield one[first : first + _PAIRS_AT_A_TIME], other[first : first + _PAIRS_AT_A_TIME]


def _pieces(texts: list[str]) -> csr_array:
    """Return (n, 2**20) with 1 where a text has a piece of three letters, by a hash of it."""
    padded = [f" {text[:MAX_CHARACTERS]} " for text in texts]
    letters = np.frombuffer("".join(padded).encode("utf-32-le", "surrogatepass"), np.uint32)
    owners = np.repeat(np.arange(len(texts)), [len(text) for text in padded])
    if len(letters) < len(_FACTORS):
        return csr_array((len(texts), 1 << _COLUMN_BITS), dtype=np.int32)
    hashes = _FACTORS[0] * letters[:-2] + _FACTORS[1] * letters[1:-1] + _FACTORS[2] * letters[2:]
    within = owners[:-2] == owners[2:]
    columns = ((hashes ^ hashes >> 15) * _FACTORS[0] >> 32 - _COLUMN_BITS)[within].astype(np.int32)
    shape = (len(texts), 1 << _COLUMN_BITS)
    pieces = csr_array((np.ones(len(columns), np.int32), (owners[:-2][within], columns)), shape=shape)
    pieces.data[:] = 1
    return pieces
