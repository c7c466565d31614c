"""Which words and parts of words are known, and how much each tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.preprocessing import normalize

MAX_TERMS: Final = 40_000
"""Of a kind: those that most texts have."""
LEAST_TEXTS: Final = 2
"""A term in fewer texts tells nothing of other texts."""


@dataclass(frozen=True)
class Terms:
    """The known terms of one kind: their hashed columns, ascending, and how rare each is."""

    columns: NDArray[np.int64]
    rarity: NDArray[np.float32]

    @classmethod
    def of(cls, counts: Sequence[csr_matrix], hashed: int) -> "Terms":
        """Choose them by `counts`, each (texts, hashed)."""
        size = sum(chunk.shape[0] for chunk in counts)
        texts = np.zeros(hashed, np.int64)
        for chunk in counts:
            texts += np.bincount(chunk.indices, minlength=hashed)
        columns = np.argsort(-texts, kind="stable")[:MAX_TERMS]
        columns = np.sort(columns[texts[columns] >= min(LEAST_TEXTS, max(1, size))])
        rarity = np.log((1 + size) / (1 + texts[columns])) + 1
        return cls(columns, rarity.astype(np.float32))

    @property
    def width(self) -> int:
        """How many columns `weigh` returns: at least one, since nothing can be computed with none."""
        return max(1, len(self.columns))

    def weigh(self, counts: csr_matrix) -> csr_matrix:
        """Return (1 + log count) x rarity, (texts, width), of unit length; zeros for a text without known terms."""
        if not len(self.columns):
            return csr_matrix((counts.shape[0], 1), dtype=np.float32)
        places = np.searchsorted(self.columns, counts.indices).clip(max=len(self.columns) - 1)
        known = self.columns[places] == counts.indices
        starts = np.concatenate([[0], np.cumsum(known)])[counts.indptr]
        columns = places[known].astype(np.int32)
        values = (1 + np.log(counts.data[known])) * self.rarity[columns]
        return normalize(csr_matrix((values, columns, starts), (counts.shape[0], self.width)), copy=False)
