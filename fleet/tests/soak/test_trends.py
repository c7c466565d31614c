"""Trends: a growth is seen through noise and outliers, and noise is none."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.soak.trends import Trend, trend_of


def series(slope: float, noise: float, seed: int, points: int = 120) -> list[tuple[float, float]]:
    random = Random(seed)  # noqa: S311 no secret
    return [(5.0 * number, 100 + slope * 5 * number + random.gauss(0, noise)) for number in range(points)]


def found(points: list[tuple[float, float]]) -> Trend:
    trend = trend_of(points)
    assert trend is not None
    return trend


def test_a_leak_is_seen_through_noise() -> None:
    trends = [found(series(0.05, 5, seed)) for seed in range(100)]
    assert sum(trend.low < 0.05 < trend.high for trend in trends) >= 95
    assert all(trend.grows(15) and not trend.grows(60) for trend in trends)


def test_noise_seldom_looks_like_growth() -> None:
    assert sum(found(series(0, 5, seed)).low > 0 for seed in range(200)) <= 4


def test_a_single_jump_of_one_sample_is_no_trend() -> None:
    points = series(0, 0.1, 1)
    points[60] = (points[60][0], 1e6)
    assert abs(found(points).growth) < 1


def test_few_points_have_no_trend() -> None:
    assert trend_of(series(1, 0, 1, points=7)) is None


@given(st.floats(-10, 10), st.floats(-1e3, 1e3), st.integers(8, 300))
def test_a_straight_line_is_its_own_trend(slope: float, start: float, points: int) -> None:
    trend = found([(float(number), start + slope * number) for number in range(points)])
    assert trend.slope == pytest.approx(slope, abs=1e-6)
    assert trend.low <= trend.slope <= trend.high
    assert trend.growth == pytest.approx(slope * (points - 1), abs=1e-3)
