"""Rows in clusters by their embedding: what is talked about, found without labels."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import MiniBatchKMeans

NO_CLUSTER: Final = -1
"""Of rows whose embedding is zero."""

ROWS_A_CLUSTER: Final = 75
"""On average: enough to tell an accuracy, few enough to be about one thing."""

MAX_CLUSTERS: Final = 128
_SEED: Final = 0
_BATCH: Final = 2048
_PASSES: Final = 3
"""Over all rows; they are many and the clusters are for people, so more would change little."""


def cluster(embedding: NDArray[np.float32]) -> NDArray[np.int32]:
    """Return (n,) the cluster of each row of (n, d), 0 the largest one, or `NO_CLUSTER`.

    By k-means in small batches (Sculley 2010, https://doi.org/10.1145/1772690.1772862). The same embedding gives the
    same clusters with the same libraries; they are to be kept with an analysis, as other versions may round otherwise.
    """
    found = np.full(len(embedding), NO_CLUSTER, np.int32)
    known = np.flatnonzero(np.any(embedding != 0, axis=1))
    if len(known):
        found[known] = _largest_first(_clusters(embedding[known]))
    return found


def _clusters(embedding: NDArray[np.float32]) -> NDArray[np.int64]:
    count = min(MAX_CLUSTERS, len(embedding) // ROWS_A_CLUSTER)
    if count < 2:
        return np.zeros(len(embedding), np.int64)
    means = MiniBatchKMeans(count, batch_size=_BATCH, max_iter=_PASSES, n_init=1, random_state=_SEED)
    return np.asarray(means.fit_predict(embedding), np.int64)


def _largest_first(clusters: NDArray[np.int64]) -> NDArray[np.int32]:
    sizes = np.bincount(clusters)
    places = np.empty(len(sizes), np.int32)
    places[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes), dtype=np.int32)
    return places[clusters]
