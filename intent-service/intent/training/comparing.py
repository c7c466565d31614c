"""Whether one of two models is better: both judged on the same rows, pair by pair."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from intent.card import Card
from intent.classifier import Classifier
from intent.labels import Label
from intent.training.evaluation import LEVEL, Interval

RESAMPLES: Final = 2000
_SMALLEST_SHOWN: Final = 0.0001

Indices = NDArray[np.int64]
Right = NDArray[np.bool_]


@dataclass(frozen=True)
class Table:
    """In how many rows both models are right, only one of them, and neither."""

    both: int
    only_first: int
    only_second: int
    neither: int


@dataclass(frozen=True)
class Comparison:
    """Two models on the same rows; differences are the second less the first, intervals are of 95 %.

    `better` is None where no difference was shown, and `verdict` says it in words.
    """

    rows: int
    first_accuracy: float
    second_accuracy: float
    table: Table
    p_value: float
    accuracy_difference: Interval
    macro_f1_difference: Interval
    better: Literal["first", "second"] | None
    verdict: str


def compare(
    first: Classifier, second: Classifier, texts: Sequence[str], truth_labels: Sequence[Label], seed: int
) -> Comparison:
    """Compare two models on `texts`, none of which either of them may have been fitted on.

    Each text gets its likeliest label whatever its scope score. Labels are compared as they stand in the data: a model
    that does not know the label of a row is wrong there. Otherwise as `compare_labels`.
    """
    return compare_labels(_likeliest(first, texts), _likeliest(second, texts), truth_labels, seed)


def compare_labels(first: Sequence[Label], second: Sequence[Label], truth: Sequence[Label], seed: int) -> Comparison:
    """Compare what two models answered for the same rows with the truth.

    The p-value is of McNemar's test (1947) in its exact, two-sided form: the binomial test of the rows that only one
    of them has right. The intervals are by the paired percentile bootstrap over rows (Efron 1979). A model is called
    better where the p-value is below 0.05 and 0 is not in the interval of the difference in accuracy, unless its
    macro F1 is shown to be worse. Raises ValueError without rows, or where their numbers differ.
    """
    if not truth or not len(first) == len(second) == len(truth):
        raise ValueError(
            f"{len(first):,} and {len(second):,} answers for {len(truth):,} rows: give as many, and at least one"
        )
    numbers = {label: number for number, label in enumerate(dict.fromkeys([*truth, *first, *second]))}
    numbered = np.array([[numbers[label] for label in each] for each in (first, second, truth)], np.int64)
    table = _table(numbered[0] == numbered[2], numbered[1] == numbered[2])
    p_value = mcnemar(table)
    accuracy, macro_f1 = _differences(numbered, len(numbers), seed)
    better = _better(p_value, accuracy, macro_f1)
    first_accuracy = (table.both + table.only_first) / len(truth)
    second_accuracy = (table.both + table.only_second) / len(truth)
    verdict = _verdict(better, p_value, accuracy)
    return Comparison(len(truth), first_accuracy, second_accuracy, table, p_value, accuracy, macro_f1, better, verdict)


def mcnemar(table: Table) -> float:
    """Return the p-value of McNemar's exact test, two-sided; 1 where the models are right in the same rows."""
    differing = table.only_first + table.only_second
    return float(binomtest(table.only_first, differing).pvalue) if differing else 1.0


def cautions(first: Card, second: Card, data_sha256: str, seed: int) -> list[str]:
    """Return why the rows for testing may not be new to the models: other data, or a split with another seed."""
    found = []
    for name, card in (("first", first), ("second", second)):
        if card.data_sha256 != data_sha256:
            found.append(f"the {name} was trained on other data: it may have seen rows that it is judged on here")
        elif card.seed != seed:
            seen = "unless the data has a test part of its own, it has seen rows that it is judged on here"
            found.append(f"the {name} was trained with seed {card.seed}, not {seed}: {seen}")
    return found


def lines(comparison: Comparison) -> list[str]:
    """Return the comparison as a few lines for a terminal."""
    table, accuracy, macro_f1 = comparison.table, comparison.accuracy_difference, comparison.macro_f1_difference
    only_one = f"only the first in {table.only_first:,}, only the second in {table.only_second:,}"
    return [
        f"{comparison.rows:,} rows: both are right in {table.both:,}, {only_one}, neither in {table.neither:,}",
        f"accuracy            the first {comparison.first_accuracy:.4f}, the second {comparison.second_accuracy:.4f}",
        f"second less first   accuracy {_signed(accuracy)}, macro F1 {_signed(macro_f1)}",
        f"McNemar's test      {_shown(comparison.p_value)}",
        comparison.verdict[0].upper() + comparison.verdict[1:],
    ]


def _likeliest(classifier: Classifier, texts: Sequence[str]) -> list[Label]:
    if not texts:
        return []
    return [classifier.card.labels[number] for number in classifier.score(texts).probabilities.argmax(axis=1)]


def _table(first: Right, second: Right) -> Table:
    counts = (first & second, first & ~second, ~first & second, ~first & ~second)
    return Table(*(int(each.sum()) for each in counts))


def _differences(numbered: Indices, labels: int, seed: int) -> tuple[Interval, Interval]:
    """Return the differences in accuracy and macro F1 of `numbered`, (first, second and truth, rows)."""
    random = np.random.default_rng(seed)
    rows = numbered.shape[1]
    drawn = [_difference(numbered[:, random.integers(rows, size=rows)], labels) for _ in range(RESAMPLES)]
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    accuracy, macro_f1 = (Interval(*map(float, each)) for each in zip(_difference(numbered, labels), low, high))
    return accuracy, macro_f1


def _difference(numbered: Indices, labels: int) -> tuple[float, float]:
    first, second, truth = numbered
    more = np.count_nonzero(second == truth) - np.count_nonzero(first == truth)
    return more / len(truth), _macro_f1(second, truth, labels) - _macro_f1(first, truth, labels)


def _macro_f1(predicted: Indices, truth: Indices, labels: int) -> float:
    """Return the mean F1 of the labels that occur, among the answers or in truth."""
    right = np.bincount(truth[predicted == truth], minlength=labels)
    either = np.bincount(predicted, minlength=labels) + np.bincount(truth, minlength=labels)
    occurs = either > 0
    return float((2 * right[occurs] / either[occurs]).mean())


def _side(interval: Interval) -> int:
    """Return 1 where all of the interval is above 0, -1 where it is below, and else 0."""
    return int(interval.low > 0) - int(interval.high < 0)


def _better(p_value: float, accuracy: Interval, macro_f1: Interval) -> Literal["first", "second"] | None:
    side = _side(accuracy)
    if p_value >= 1 - LEVEL or not side or _side(macro_f1) == -side:
        return None
    return "second" if side > 0 else "first"


def _verdict(better: Literal["first", "second"] | None, p_value: float, accuracy: Interval) -> str:
    if better:
        low, high = sorted(100 * abs(bound) for bound in (accuracy.low, accuracy.high))
        points = f"{abs(accuracy.value) * 100:.2f} points of accuracy more ({low:.2f} to {high:.2f})"
        return f"the {better} is better: {points}, {_shown(p_value)}"
    is_significant = p_value < 1 - LEVEL
    if is_significant and _side(accuracy):
        more, less = ("second", "first") if accuracy.value > 0 else ("first", "second")
        return f"neither is better: the {more} is right more often, the {less} has the higher macro F1"
    if is_significant or _side(accuracy):
        return f"no difference was shown: McNemar's test and the bootstrap do not agree, {_shown(p_value)}"
    return f"no difference was shown between the two, {_shown(p_value)}"


def _shown(p_value: float) -> str:
    return f"p < {_SMALLEST_SHOWN}" if p_value < _SMALLEST_SHOWN else f"p = {p_value:.4f}"


def _signed(interval: Interval) -> str:
    return f"{interval.value:+.4f} ({interval.low:+.4f} to {interval.high:+.4f})"
