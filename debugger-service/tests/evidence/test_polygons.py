"""Which points are inside a polygon, against the rule itself, one point and side at a time."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from debugger.evidence.polygons import Corner, inside

coarse = st.integers(-4, 4).map(lambda value: value / 4)
fine = st.floats(-1, 1, width=32)
corner = st.tuples(coarse | fine, coarse | fine)


def is_inside(x: float, y: float, corners: list[Corner]) -> bool:
    """Count the sides to the right of the point; of a side's ends the lower one belongs to it."""
    crossings = 0
    for (left, bottom), (right, top) in pairwise([*corners, corners[0]]):
        if min(bottom, top) <= y < max(bottom, top):
            crossings += x < left + (y - bottom) * ((right - left) / (top - bottom))
    return crossings % 2 == 1


@given(st.lists(corner, min_size=3, max_size=12), st.lists(corner, max_size=30))
def test_points_are_inside_by_the_even_odd_rule(corners: list[Corner], points: list[Corner]) -> None:
    found = inside(np.array(points, np.float32).reshape(-1, 2), corners)
    assert found.tolist() == [is_inside(x, y, corners) for x, y in points]


def test_a_star_has_a_hole() -> None:
    star = [(np.sin(step * 4 * np.pi / 5), np.cos(step * 4 * np.pi / 5)) for step in range(5)]
    assert inside(np.array([[0, 0], [0, 0.8], [0.9, 0.9]], np.float32), star).tolist() == [False, True, False]


def test_neighbouring_polygons_share_no_point() -> None:
    grid = np.stack(np.meshgrid(np.linspace(-1, 1, 9), np.linspace(-1, 1, 9)), axis=-1).reshape(-1, 2)
    points = grid.astype(np.float32)
    left, right = [(-1, -1), (0.25, -1), (0.25, 1), (-1, 1)], [(0.25, -1), (1, -1), (1, 1), (0.25, 1)]
    assert not np.any(inside(points, left) & inside(points, right))
    assert np.array_equal(inside(points, left) | inside(points, right), (points < 1).all(axis=1))
