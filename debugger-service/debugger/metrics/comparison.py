"""What decisions gained: two models on the same frozen rows, by the labels as given and as cleaned."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from debugger.evidence import UNKNOWN
from debugger.metrics.intervals import LEVEL, Interval, accuracy, macro_f1
from debugger.metrics.resampling import SEED
from debugger.metrics.rows import Classes
from debugger.metrics.significance import Difference, McNemar, Table, differences, mcnemar, tabulated

Verdict = Literal["before", "after", "undecided"]


@dataclass(frozen=True)
class Judgement:
    """Both models by one set of labels."""

    rows: int
    """Rows with a label in this set; the others are not counted."""

    accuracy_before: Interval
    accuracy_after: Interval
    macro_f1_before: Interval
    macro_f1_after: Interval
    table: Table
    mcnemar: McNemar
    accuracy_difference: Difference
    macro_f1_difference: Difference
    better: Verdict
    """Which one was shown to be right more often, its macro F1 not shown to be worse."""


@dataclass(frozen=True)
class Comparison:
    """The same rows and answers, judged twice; None where no row has a label."""

    rows: int
    given: Judgement | None
    cleaned: Judgement | None
    changed: int
    """Rows of which the cleaned label is another one, or only one of the two is there."""

    warnings: tuple[str, ...]
    """Sentences for people: why a figure may flatter."""


def compare(
    before: Classes,
    after: Classes,
    labels_given: Classes,
    labels_cleaned: Classes,
    classes: int,
    level: float = LEVEL,
    seed: int = SEED,
) -> Comparison:
    """Compare the answers of two models to the same n rows, none of which either of them may have been trained on.

    All are (n,) class numbers in one numbering; UNKNOWN is no answer, or no label. A class that was
    merged into another or renamed must have its number. Raises ValueError where lengths differ or numbers are out of
    range.
    """
    if len({each.shape for each in (before, after, labels_given, labels_cleaned)}) != 1:
        raise ValueError("answers and labels must be of the same rows: give four arrays of one length")
    return Comparison(
        rows=len(before),
        given=_judged(before, after, labels_given, classes, level, seed),
        cleaned=_judged(before, after, labels_cleaned, classes, level, seed),
        changed=int((labels_given != labels_cleaned).sum()),
        warnings=tuple(_warnings(before, after, labels_given, labels_cleaned)),
    )


def _judged(
    before: Classes, after: Classes, labels: Classes, classes: int, level: float, seed: int
) -> Judgement | None:
    labeled = labels != UNKNOWN
    if not labeled.any():
        return None
    labels, before, after = labels[labeled], before[labeled], after[labeled]
    accuracy_difference, macro_f1_difference = differences(labels, before, after, classes, level, seed=seed)
    table = tabulated(labels, before, after)
    test = mcnemar(table)
    return Judgement(
        rows=len(labels),
        accuracy_before=accuracy(labels, before, classes, level),
        accuracy_after=accuracy(labels, after, classes, level),
        macro_f1_before=macro_f1(labels, before, classes, level, seed=seed),
        macro_f1_after=macro_f1(labels, after, classes, level, seed=seed),
        table=table,
        mcnemar=test,
        accuracy_difference=accuracy_difference,
        macro_f1_difference=macro_f1_difference,
        better=_better(test, accuracy_difference, macro_f1_difference, level),
    )


def _better(test: McNemar, accuracy_difference: Difference, macro_f1_difference: Difference, level: float) -> Verdict:
    side = _side(accuracy_difference.interval)
    if test.exact >= 1 - level or not side or _side(macro_f1_difference.interval) == -side:
        return "undecided"
    return "after" if side > 0 else "before"


def _side(interval: Interval) -> int:
    """Return 1 where all of the interval is above 0, -1 where it is below, and else 0."""
    return int(interval.low > 0) - int(interval.high < 0)


def _warnings(before: Classes, after: Classes, given: Classes, cleaned: Classes) -> Iterator[str]:
    changed, gone = given != cleaned, (given != UNKNOWN) & (cleaned == UNKNOWN)
    if changed.any():
        alike = changed & ~gone
        yield (
            f"{_rows(changed)} of {len(given):,} for testing changed, looked at with a model's answers in sight: "
            f"{int((alike & (cleaned == before)).sum()):,} now have the label that the model before answers, "
            f"{int((alike & (cleaned == after)).sum()):,} that of the model after. The cleaned labels favour such "
            "models: trust a gain that the labels as given show too."
        )
    if gone.any():
        yield (
            f"{_rows(gone)} for testing without a label in the cleaned data: by the labels as given alone they count, "
            "so the two sides are not of the same rows."
        )


def _rows(chosen: NDArray[np.bool_]) -> str:
    count = int(chosen.sum())
    return f"{count:,} row" if count == 1 else f"{count:,} rows"
