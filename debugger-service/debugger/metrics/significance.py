"""Whether one of two models is better, judged pair by pair on the same rows."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, binomtest, norm

from debugger.metrics.f1 import accuracies, macro_f1s
from debugger.metrics.intervals import LEVEL, Interval, bootstrapped
from debugger.metrics.resampling import SEED, resample
from debugger.metrics.rows import Cells, Classes, cells_of, checked

RESAMPLES: Final = 2000


@dataclass(frozen=True, slots=True)
class Table:
    """In how many rows both models are right, only one of them, and neither."""

    both: int
    only_before: int
    only_after: int
    neither: int


@dataclass(frozen=True, slots=True)
class McNemar:
    """Two-sided p-values of the hypothesis that both models are right equally often."""

    exact: float
    """Never too small; often larger than it need be."""

    mid_p: float
    """What is as improbable as what was seen counts half: nearer to the true one."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What the model after has more than the one before."""

    interval: Interval
    p_value: float
    """Two-sided, of the hypothesis that there is none; at least one over the number of resamples and one."""


def tabulated(labels: Classes, before: Classes, after: Classes) -> Table:
    """Return the table of two models' (n,) answers."""
    first, second = before == labels, after == labels
    counts = (first & second, first & ~second, ~first & second, ~first & ~second)
    return Table(*(int(each.sum()) for each in counts))


def mcnemar(table: Table) -> McNemar:
    """Return the p-values of McNemar's test (1947), exact and mid-p (Fagerland, Lydersen & Laake 2013, "The McNemar
    test for binary matched-pairs data: mid-p and asymptotic are better than exact conditional").

    Both are 1 where the models are right in the same rows.
    """
    differing, least = table.only_before + table.only_after, min(table.only_before, table.only_after)
    if not differing:
        return McNemar(1.0, 1.0)
    exact = float(binomtest(least, differing).pvalue)
    sides = 1 if table.only_before == table.only_after else 2
    return McNemar(exact, exact - sides / 2 * float(binom.pmf(least, differing, 0.5)))


def differences(
    labels: Classes,
    before: Classes,
    after: Classes,
    classes: int,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> tuple[Difference, Difference]:
    """Return the differences in accuracy and in macro F1 by the paired bootstrap over (n,) rows.

    The same rows are drawn for both models (Efron & Tibshirani 1993, "An Introduction to the Bootstrap"); p-values are
    those of the intervals, by `bootstrapped`. Raises ValueError as `checked` says.
    """
    checked(labels, before, classes)
    checked(labels, after, classes)
    cells = cells_of(labels, before, after)
    drawn = resample(cells, lambda counts: _differences(counts, cells, classes), resamples, seed)
    values = _differences(cells.counts[None], cells, classes)[0]
    accuracy, macro = (_difference(float(value), each, level) for value, each in zip(values, drawn.T))
    return accuracy, macro


def _differences(counts: NDArray[np.int64], cells: Cells, classes: int) -> NDArray[np.float64]:
    """Return (b, 2) the differences in accuracy and macro F1."""
    before, after = cells.members[:2], cells.members[[0, 2]]
    return np.stack(
        [
            accuracies(counts, after) - accuracies(counts, before),
            macro_f1s(counts, after, classes) - macro_f1s(counts, before, classes),
        ],
        axis=1,
    )


def _difference(value: float, drawn: NDArray[np.float64], level: float) -> Difference:
    interval = bootstrapped(value, drawn, level)
    bounded = Interval(value, max(-1.0, interval.low), min(1.0, interval.high))
    return Difference(bounded, _p_value(2 * value - float(drawn.mean()), float(drawn.std()), len(drawn)))


def _p_value(centre: float, spread: float, resamples: int) -> float:
    least = 1 / (resamples + 1)
    if spread == 0:
        return 1.0 if centre == 0 else least
    return max(least, float(2 * norm.sf(abs(centre) / spread)))
