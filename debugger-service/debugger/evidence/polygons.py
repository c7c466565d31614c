"""Which points are inside a polygon."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Corner = tuple[float, float]


def inside(points: NDArray[np.float32], corners: Sequence[Corner]) -> NDArray[np.bool_]:
    """Return (n,) whether each of (n, 2) points is inside the polygon, by the even-odd rule.

    A side is looked at only with the points at its height; so many corners cost little.
    """
    (left, bottom), (right, top) = np.min(corners, axis=0), np.max(corners, axis=0)
    near = np.flatnonzero(
        (points[:, 0] >= left) & (points[:, 0] <= right) & (points[:, 1] >= bottom) & (points[:, 1] <= top)
    )
    order = near[np.argsort(points[near, 1])]
    across, heights = points[order].astype(np.float64).T
    crossed = np.zeros(len(order), np.bool_)
    for (left, bottom), (right, top) in pairwise([*corners, corners[0]]):
        begin, end = np.searchsorted(heights, (min(bottom, top), max(bottom, top)))
        if begin < end:
            crossing = left + (heights[begin:end] - bottom) * ((right - left) / (top - bottom))
            crossed[begin:end] ^= across[begin:end] < crossing
    found = np.zeros(len(points), np.bool_)
    found[order] = crossed
    return found
