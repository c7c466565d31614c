"""Out-of-sample probabilities and neighbours of a data set whose labels are as given, by every kind of features."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.debugger.cache import Cache
from benchmarks.debugger.data import Data
from benchmarks.debugger.encoding import encode
from benchmarks.debugger.mislabeling import most_similar
from debugger.evidence.cross_validation import average, cross_validate
from debugger.evidence.features import embedding_of, fit
from debugger.evidence.neighbours import Neighbours, nearest

Floats = NDArray[np.float32]

TFIDF: Final = "TF-IDF"
ENCODER: Final = "encoder"
BOTH: Final = "both"


@dataclass(frozen=True)
class Predicted:
    """What is known of rows without looking at their labels, or only at those of other rows."""

    probabilities: Floats
    neighbours: Neighbours


@dataclass(frozen=True)
class Predictor:
    """Predicts the rows of one data set, again and again with other labels."""

    data: Data
    cache: Cache
    encoder: str | None

    @property
    def names(self) -> tuple[str, ...]:
        """The kinds of features, the one that is to be used last."""
        return (TFIDF, ENCODER, BOTH) if self.encoder else (TFIDF,)

    @cached_property
    def partners(self) -> NDArray[np.int64]:
        """Of each class the most similar one, by the labels before any is made wrong."""
        return most_similar(
            self.predict(self.names[-1], self.data.labels, "as they are").probabilities, self.data.labels
        )

    def predict(self, name: str, labels: NDArray[np.int32], *key: object) -> Predicted:
        """Predict by the features `name`; `key` says which labels these are."""
        if name == BOTH:
            tfidf, encoded = self.predict(TFIDF, labels, *key), self.predict(ENCODER, labels, *key)
            return Predicted(average(tfidf.probabilities, encoded.probabilities), encoded.neighbours)
        probabilities = self._cached(
            lambda: cross_validate(self.features[name], labels, len(self.data.classes)), name, "probabilities", *key
        )
        return Predicted(probabilities, self.neighbours[name])

    @cached_property
    def features(self) -> dict[str, Floats]:
        """(n, d) of unit length by name."""
        found = {TFIDF: self._cached(lambda: fit(self.data.texts)[1], TFIDF, "features")}
        if self.encoder:
            found[ENCODER] = self._cached(self._encoded, ENCODER, "features")
        return found

    @cached_property
    def neighbours(self) -> dict[str, Neighbours]:
        """By name."""
        return {
            name: nearest(embedding_of(features) if name == TFIDF else features)
            for name, features in self.features.items()
        }

    def _encoded(self) -> Floats:
        assert self.encoder
        return encode(self.encoder, self.data.texts, self.cache.folder / "encoder")

    def _cached(self, make: Callable[[], NDArray[Any]], name: str, *key: object) -> NDArray[Any]:
        source = self.encoder if name == ENCODER else None
        return self.cache.get(make, self.data.name, len(self.data.texts), name, source, *key)
