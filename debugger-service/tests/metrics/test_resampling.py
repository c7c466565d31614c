"""Counts are drawn as if rows were drawn with replacement."""

import numpy as np
import pytest

from debugger.metrics.resampling import resample, resampled
from debugger.metrics.rows import Cells

FEW = Cells(np.zeros((1, 3), np.int64), np.array([100, 30, 20]))
MANY = Cells(np.zeros((1, 60), np.int64), np.repeat([1, 2, 4], 20))


@pytest.mark.parametrize("cells", [FEW, MANY])
def test_every_resample_has_as_many_rows(cells: Cells) -> None:
    blocks = list(resampled(cells, 50, seed=3))
    assert sum(len(block) for block in blocks) == 50
    assert all((block.sum(axis=1) == cells.counts.sum()).all() for block in blocks)


@pytest.mark.parametrize("cells", [FEW, MANY])
def test_counts_have_the_mean_and_the_variance_of_a_multinomial(cells: Cells) -> None:
    drawn = resample(cells, lambda counts: counts.astype(np.float64), 4000, seed=1)
    share = cells.counts / cells.counts.sum()
    assert drawn.mean(axis=0) == pytest.approx(cells.counts, abs=0.6)
    assert drawn.var(axis=0) == pytest.approx(cells.counts * (1 - share), rel=0.15)


def test_the_same_seed_draws_the_same() -> None:
    one, same, other = (np.concatenate(list(resampled(MANY, 20, seed))) for seed in (5, 5, 6))
    assert (one == same).all()
    assert (one != other).any()


def test_a_large_test_set_is_drawn_in_blocks() -> None:
    large = Cells(np.zeros((1, 2), np.int64), np.array([900_000, 300_000]))
    assert [len(block) for block in resampled(large, 3, seed=0)] == [1, 1, 1]
