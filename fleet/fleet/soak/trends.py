"""Trends of measures over time: the Theil-Sen slope with a rank-based interval (Sen 1968), robust to outliers."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import ceil, sqrt
from statistics import NormalDist, median
from typing import Final

CONFIDENCE: Final = 0.99
BINS: Final = 40
"""Samples are gathered into so many medians: neighbours are alike, which would make the interval too narrow."""

LEAST: Final = 8
"""Fewer points say nothing of a trend."""

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Trend:
    """A slope per second with the bounds of its interval, the middle of the values, and the seconds they span."""

    slope: float
    low: float
    high: float
    middle: float
    seconds: float

    @property
    def growth(self) -> float:
        """By how much the measure has grown over the time that was looked at."""
        return self.slope * self.seconds

    def grows(self, bound: float) -> bool:
        """Tell whether it grows beyond doubt, and in that time by more than `bound`."""
        return self.low > 0 and self.growth > bound


def trend_of(points: Points) -> Trend | None:
    """Return the trend of (seconds, value), in the order of time; None for fewer than eight points.

    The interval is that of Sen, "Estimates of the Regression Coefficient Based on Kendall's Tau" (1968), without
    its correction for ties: it is wider where values are equal.
    """
    if len(points) < LEAST:
        return None
    gathered = _gathered(points)
    slopes = sorted(
        (value - earlier_value) / (time - earlier)
        for (earlier, earlier_value), (time, value) in combinations(gathered, 2)
        if time > earlier
    )
    low, high = _interval(len(gathered), slopes)
    middle = median(value for _, value in points)
    return Trend(median(slopes), low, high, middle, points[-1][0] - points[0][0])


def _interval(points: int, slopes: Sequence[float]) -> tuple[float, float]:
    variance = points * (points - 1) * (2 * points + 5) / 18
    width = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * sqrt(variance)
    first = max(0, round((len(slopes) - width) / 2))
    last = min(len(slopes) - 1, round((len(slopes) + width) / 2))
    return slopes[first], slopes[last]


def _gathered(points: Points) -> list[tuple[float, float]]:
    size = max(1, ceil(len(points) / BINS))
    bins = [points[start : start + size] for start in range(0, len(points), size)]
    return [(median(time for time, _ in each), median(value for _, value in each)) for each in bins]
