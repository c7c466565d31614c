"""The nearest rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from debugger.evidence import neighbours
from debugger.evidence.neighbours import nearest


def unit(rows: int, dimensions: int, seed: int = 0) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(rows, dimensions))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def by_force(embedding: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Return the greatest cosines with other rows that are no zeros; 0 where there are fewer."""
    cosines = embedding.astype(np.float64) @ embedding.T.astype(np.float64)
    known = embedding.any(axis=1)
    cosines[:, ~known] = -np.inf
    np.fill_diagonal(cosines, -np.inf)
    found = -np.sort(-cosines, axis=1)[:, :count]
    found = np.pad(found, ((0, 0), (0, max(0, count - found.shape[1]))), constant_values=-np.inf)
    found[~known] = -np.inf
    return np.where(np.isfinite(found), found, 0).astype(np.float32)


@pytest.mark.parametrize("block", [1, 7, 64, 4096])
def test_they_are_the_nearest_of_all(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr(neighbours, "BLOCK", block)
    embedding = unit(200, 5)
    found = nearest(embedding, 6)
    assert np.allclose(found.similarities, by_force(embedding, 6), atol=1e-5)
    told = np.einsum("nd,nmd->nm", embedding, embedding[found.positions])
    assert np.allclose(told, found.similarities, atol=1e-5)
    assert found.positions.dtype == np.int32
    assert found.similarities.dtype == np.float32


def test_a_row_is_no_neighbour_of_itself_even_if_all_are_equal() -> None:
    found = nearest(np.tile(unit(1, 8), (50, 1)), 10)
    assert (found.positions != np.arange(50)[:, None]).all()
    assert all(len(set(row)) == 10 for row in found.positions.tolist())
    assert np.allclose(found.similarities, 1)
    assert (found.similarities <= 1).all()


def test_zeros_have_no_neighbours_and_are_none() -> None:
    embedding = unit(30, 4)
    embedding[[3, 8]] = 0
    found = nearest(embedding, 5)
    assert (found.positions[[3, 8]] == -1).all()
    assert not found.similarities[[3, 8]].any()
    assert not np.isin(found.positions, [3, 8]).any()


@pytest.mark.parametrize("rows", [0, 1, 2, 3])
def test_fewer_rows_than_neighbours_leave_places_empty(rows: int) -> None:
    found = nearest(unit(rows, 4) if rows else np.zeros((0, 4), np.float32), 5)
    assert found.positions.shape == found.similarities.shape == (rows, 5)
    assert ((found.positions >= 0).sum(axis=1) == max(0, rows - 1)).all()
    assert not found.similarities[found.positions < 0].any()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 60), st.integers(1, 25))
def test_they_are_the_same_as_by_force(seed: int, rows: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    embedding = unit(rows, 3, seed)
    embedding[rng.random(rows) < 0.2] = 0
    embedding = embedding[rng.integers(0, rows, rows)]  # some of them are equal
    found = nearest(embedding, count)
    assert np.allclose(found.similarities, by_force(embedding, count), atol=1e-5)
    assert (np.diff(found.similarities, axis=1)[(found.positions[:, 1:] >= 0)] <= 0).all()
    again = nearest(embedding, count)
    assert (again.positions == found.positions).all()
