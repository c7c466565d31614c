"""Tests of two models on the same rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, norm
from sklearn.metrics import f1_score

from debugger.metrics.significance import Difference, Table, differences, mcnemar, tabulated

ROWS = st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=1, max_size=40)


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_sums_what_is_as_improbable(before: int, after: int) -> None:
    count = before + after
    chances = binom.pmf(np.arange(count + 1), count, 0.5)
    as_extreme = np.abs(np.arange(count + 1) - count / 2) >= abs(before - count / 2)
    equally = np.abs(np.arange(count + 1) - count / 2) == abs(before - count / 2)
    found = mcnemar(Table(9, before, after, 1))
    assert found.exact == pytest.approx(chances[as_extreme].sum())
    if count:
        assert found.mid_p == pytest.approx(chances[as_extreme].sum() - chances[equally].sum() / 2)
    assert found == mcnemar(Table(9, after, before, 1))


@given(ROWS)
def test_the_table_counts_every_row_once(rows: list[tuple[int, int, int]]) -> None:
    labels, before, after = np.array(rows).T
    table = tabulated(labels, before, after)
    assert table.both + table.only_before + table.only_after + table.neither == len(rows)
    assert table.both + table.only_before == (labels == before).sum()
    assert table.both + table.only_after == (labels == after).sum()


@settings(deadline=None)
@given(ROWS)
def test_differences_are_those_of_scikit_learn_and_change_sign_with_the_order(rows: list[tuple[int, int, int]]) -> None:
    labels, before, after = np.array(rows).T
    accuracy, macro = differences(labels, before, after, 3, resamples=60)
    assert accuracy.interval.value == pytest.approx((labels == after).mean() - (labels == before).mean())
    expected = [f1_score(labels, each, average="macro", zero_division=0) for each in (before, after)]
    assert macro.interval.value == pytest.approx(expected[1] - expected[0])
    for found, other in zip((accuracy, macro), differences(labels, after, before, 3, resamples=60)):
        assert found.interval.value == pytest.approx(-other.interval.value)
        assert -1 <= found.interval.low <= found.interval.value <= found.interval.high <= 1
        assert 0 < found.p_value <= 1


def test_the_same_answers_do_not_differ() -> None:
    labels = np.array([0, 1, 2, 0])
    for found in differences(labels, labels, labels, 3, resamples=20):
        assert (found.interval.low, found.interval.high, found.p_value) == (0, 0, 1)


def test_the_interval_of_accuracy_is_that_of_the_normal_approximation() -> None:
    labels = np.zeros(200, np.int64)
    before = np.repeat([0, 0, 1, 1], [150, 5, 30, 15])
    after = np.repeat([0, 1, 0, 1], [150, 5, 30, 15])
    accuracy, _ = differences(labels, before, after, 2, resamples=5000)
    spread = (35 - 25**2 / 200) ** 0.5 / 200
    assert accuracy.interval.value == pytest.approx(0.125)
    assert accuracy.interval.low == pytest.approx(0.125 - 1.96 * spread, abs=0.004)
    assert accuracy.p_value == pytest.approx(max(1 / 5001, 2 * norm.sf(0.125 / spread)), rel=0.3)


def drawn(gain: float, random: np.random.Generator) -> tuple[Difference, Difference]:
    labels = random.integers(0, 20, 400)
    hard = random.random(400)
    before = np.where(hard < 0.8, labels, (labels + 1) % 20)
    after = np.where(random.permutation(400) < 40, random.integers(0, 20, 400), before)
    after = np.where(random.random(400) < gain, labels, after)
    return differences(labels, before, after, 20, resamples=300)


def test_what_does_not_differ_is_seldom_called_different() -> None:
    random = np.random.default_rng(1)
    p_values = []
    for _ in range(100):
        labels = random.integers(0, 20, 300)
        wrong = [(labels + random.integers(1, 20, 300)) % 20 for _ in range(2)]
        before, after = (np.where(random.random(300) < 0.8, labels, each) for each in wrong)
        p_values.append([each.p_value for each in differences(labels, before, after, 20, resamples=300)])
    assert (np.array(p_values) < 0.05).mean(axis=0) == pytest.approx([0.05, 0.05], abs=0.06)


def test_a_large_gain_is_seen() -> None:
    accuracy, macro = drawn(0.6, np.random.default_rng(2))
    assert accuracy.p_value < 0.01 > macro.p_value
    assert accuracy.interval.low > 0 < macro.interval.low
