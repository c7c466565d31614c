"""Rows in clusters."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from debugger.evidence.clusters import MAX_CLUSTERS, NO_CLUSTER, cluster


def around(centres: int, rows: int) -> NDArray[np.float32]:
    rng = np.random.default_rng(0)
    found = np.eye(centres, 16)[np.arange(rows) % centres] + rng.normal(size=(rows, 16)) * 0.01
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


def test_what_is_far_apart_is_in_different_clusters_and_the_largest_is_the_first() -> None:
    found = cluster(around(3, 900))
    assert all(len({*found[at::3]} & {*found[(at + 1) % 3 :: 3]}) == 0 for at in range(3))
    sizes = np.bincount(found)
    assert (np.diff(sizes) <= 0).all()


@pytest.mark.parametrize("rows", [0, 1, 2, 149])
def test_few_rows_are_one_cluster(rows: int) -> None:
    assert cluster(around(1, max(1, rows))[:rows]).tolist() == [0] * rows


def test_zeros_are_in_none() -> None:
    embedding = around(2, 400)
    embedding[[0, 7]] = 0
    found = cluster(embedding)
    assert np.flatnonzero(found == NO_CLUSTER).tolist() == [0, 7]


def test_equal_rows_do_no_harm() -> None:
    assert set(cluster(np.ones((400, 3), np.float32)).tolist()) <= set(range(5))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 2000))
def test_clusters_are_the_same_again_and_few(seed: int, rows: int) -> None:
    embedding = np.random.default_rng(seed).normal(size=(rows, 4)).astype(np.float32)
    found = cluster(embedding)
    assert found.tolist() == cluster(embedding).tolist()
    assert 0 <= found.min() <= found.max() < MAX_CLUSTERS
