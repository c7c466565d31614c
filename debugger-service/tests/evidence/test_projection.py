"""The map keeps what is near together, comes out the same, and stays as it was when rows come and go."""

import numpy as np
import pytest

from debugger.evidence.features import Floats, unit
from debugger.evidence.neighbours import Neighbours, nearest
from debugger.evidence.projection import FILLED, OlderMap, aligned, project

CLASSES = 12
QUARTER_TURN = np.array([[0, 1], [-1, 0]], np.float32)


def clouds(size: int, seed: int = 0) -> tuple[Floats, np.ndarray]:
    """Return rows around twelve centres, and of each row which."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(CLASSES, 32))
    classes = np.arange(size) % CLASSES
    return unit((centres[classes] + 0.5 * random.normal(size=(size, 32))).astype(np.float32)), classes


def without(positions: Floats, gone: np.ndarray) -> OlderMap:
    found = positions.copy()
    found[gone] = np.nan
    return OlderMap(found)


def distances(some: Floats, others: Floats) -> np.ndarray:
    return np.asarray(np.linalg.norm(some - others, axis=1))


def test_rows_of_a_cloud_are_together() -> None:
    embedding, classes = clouds(600)
    found = project(embedding, nearest(embedding))
    assert found.dtype == np.float32
    assert np.abs(found).max() == pytest.approx(FILLED)
    near = np.linalg.norm(found[:, None] - found, axis=2).argsort(axis=1)[:, 1:6]
    assert (classes[near] == classes[:, None]).mean() > 0.98


def test_the_same_rows_give_the_same_map() -> None:
    embedding, _ = clouds(200)
    neighbours = nearest(embedding)
    assert np.array_equal(project(embedding, neighbours), project(embedding, neighbours))


def test_a_map_is_not_turned_round_when_rows_come_and_go() -> None:
    embedding, classes = clouds(700)
    before = embedding[:600]
    older = project(before, nearest(before)) @ QUARTER_TURN
    kept = embedding[50:]
    new = np.arange(len(kept)) >= 550
    found = project(kept, nearest(kept), without(np.vstack([older[50:], np.zeros((100, 2), np.float32)]), new))
    assert np.median(distances(found[~new], older[50:])) < 0.03
    for number in range(CLASSES):
        mine = classes[50:] == number
        centre = found[mine & ~new].mean(axis=0)
        assert np.median(distances(found[mine & new], centre)) < 0.2


def test_a_map_of_mostly_new_rows_faces_as_the_older_did() -> None:
    embedding, _ = clouds(600)
    neighbours = nearest(embedding)
    older = project(embedding, neighbours) @ QUARTER_TURN
    found = project(embedding, neighbours, without(older, np.arange(600) >= 200))
    assert np.abs(found).max() <= 1
    assert np.median(distances(found, older)) < 0.05


def test_an_older_map_that_does_not_fit_the_rows_is_given_up() -> None:
    embedding, classes = clouds(600)
    misplaced = np.random.default_rng(2).uniform(-1, 1, (600, 2)).astype(np.float32)
    found = project(embedding, nearest(embedding), OlderMap(misplaced))
    near = np.linalg.norm(found[:, None] - found, axis=2).argsort(axis=1)[:, 1:6]
    assert (classes[near] == classes[:, None]).mean() > 0.98


def test_a_map_is_made_to_fill_its_square_again() -> None:
    embedding, _ = clouds(200)
    neighbours = nearest(embedding)
    found = project(embedding, neighbours, OlderMap(project(embedding, neighbours) * np.float32(0.1)))
    assert np.abs(found).max() == pytest.approx(FILLED)


def test_alignment_undoes_turning_mirroring_moving_and_scaling() -> None:
    older = np.random.default_rng(1).normal(size=(40, 2)).astype(np.float32)
    moved = 7 * older @ QUARTER_TURN * np.array([1, -1], np.float32) + np.array([3, -5], np.float32)
    assert np.allclose(aligned(moved, without(older, np.arange(40) < 10)), older, atol=1e-5)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 12, 30])
def test_few_rows_have_a_map_too(size: int) -> None:
    embedding, _ = clouds(size)
    found = project(embedding, nearest(embedding))
    assert found.shape == (size, 2)
    assert np.isfinite(found).all()
    assert np.abs(found).max(initial=0) <= 1
    assert size < 2 or np.abs(found).max() == pytest.approx(FILLED)
    again = project(embedding, nearest(embedding), OlderMap(found))
    assert np.isfinite(again).all()


@pytest.mark.parametrize("size", [2, 3, 50])
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_equal_rows_have_a_map_too(size: int, value: float) -> None:
    embedding = np.zeros((size, 8), np.float32)
    embedding[:, 0] = value
    for dimensions in (1, 8):
        found = project(embedding[:, :dimensions], nearest(embedding[:, :dimensions]))
        assert found.shape == (size, 2)
        assert np.isfinite(found).all()
        assert np.abs(found).max() <= 1


def test_rows_that_are_like_none_do_not_squeeze_the_others() -> None:
    embedding, _ = clouds(400)
    for alone in (1, 40):
        rows = np.vstack([embedding, np.zeros((alone, embedding.shape[1]), np.float32)])
        found = project(rows, nearest(rows))
        assert np.ptp(found[:400], axis=0).max() > 1


def test_rows_without_neighbours_among_the_known_are_put_in_the_middle() -> None:
    size = 6
    lonely = Neighbours(np.full((size, 3), -1, np.int32), np.zeros((size, 3), np.float32))
    older = OlderMap(np.array([[0.1, 0.2]] * 3 + [[np.nan, np.nan]] * 3, np.float32))
    found = project(np.zeros((size, 4), np.float32), lonely, older)
    assert np.isfinite(found).all()
