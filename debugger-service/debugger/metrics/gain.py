"""What retraining gained, for people: a verdict, a few sentences, and the classes that moved most."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from debugger.evidence import UNKNOWN
from debugger.metrics.comparison import Comparison, Judgement, Verdict, compare
from debugger.metrics.rows import Classes

MAX_MOVED: Final = 20


@dataclass(frozen=True)
class Answers:
    """Of n rows the labels and both models' answers, in one naming; None is no label, or no answer."""

    given: Sequence[str | None]
    cleaned: Sequence[str | None]
    before: Sequence[str | None]
    after: Sequence[str | None]


@dataclass(frozen=True)
class Moved:
    """How many rows of a class either model answers right, by the cleaned labels."""

    label: str
    rows: int
    right_before: int
    right_after: int


@dataclass(frozen=True)
class Gain:
    """Two models compared."""

    comparison: Comparison
    classes: tuple[Moved, ...]
    """Those that moved most, the most first."""

    verdict: Verdict
    """The model that both the labels as given and as cleaned show to be better."""

    summary: str
    unanswered_before: int
    unanswered_after: int


def gain(answers: Answers, older: int, newer: int) -> Gain:
    """Compare the models of the data versions `older` and `newer`; raises ValueError for lists of different lengths."""
    columns = (answers.before, answers.after, answers.given, answers.cleaned)
    classes = sorted({label for column in columns for label in column if label is not None})
    number = {label: index for index, label in enumerate(classes)}
    before, after, given, cleaned = (
        np.array([UNKNOWN if label is None else number[label] for label in column], np.int64) for column in columns
    )
    comparison = compare(before, after, given, cleaned, len(classes))
    verdict = _verdict(comparison)
    return Gain(
        comparison=comparison,
        classes=tuple(_moved(classes, before, after, cleaned)),
        verdict=verdict,
        summary=" ".join(_sentences(comparison, verdict, older, newer)),
        unanswered_before=int((before == UNKNOWN).sum()),
        unanswered_after=int((after == UNKNOWN).sum()),
    )


def _verdict(comparison: Comparison) -> Verdict:
    found = {each.better for each in (comparison.given, comparison.cleaned) if each}
    return found.pop() if len(found) == 1 else "undecided"


def _moved(classes: Sequence[str], before: Classes, after: Classes, labels: Classes) -> Iterator[Moved]:
    rows, first, second = (
        np.bincount(labels[chosen], minlength=len(classes))
        for chosen in (labels != UNKNOWN, (labels == before) & (before >= 0), (labels == after) & (after >= 0))
    )
    change = np.abs(second - first)
    # By rows first: of a class of two rows half is soon lost.
    order = np.lexsort((-change / np.maximum(rows, 1), -change))[:MAX_MOVED]
    for index in order[change[order] > 0].tolist():
        yield Moved(classes[index], int(rows[index]), int(first[index]), int(second[index]))


def _sentences(comparison: Comparison, verdict: Verdict, older: int, newer: int) -> Iterator[str]:
    given, cleaned = comparison.given, comparison.cleaned
    yield _headline(comparison, verdict, older, newer)
    if cleaned:
        yield f"By the cleaned labels {_said(cleaned, older, newer)}"
    if given and (comparison.changed or not cleaned):
        yield f"By the labels as given {_said(given, older, newer)}"


def _headline(comparison: Comparison, verdict: Verdict, older: int, newer: int) -> str:
    if verdict == "after":
        return f"What changed from version {older} to {newer} made the model better."
    if verdict == "before":
        return f"What changed from version {older} to {newer} made the model worse: look at the classes that lost."
    if comparison.cleaned and comparison.cleaned.better == "after":
        return "The model is better by the cleaned labels alone, which were decided on: take that for no proof yet."
    if comparison.given and comparison.given.better == "after":
        return "The model is better by the labels as given alone, not by the cleaned ones: take that for no proof yet."
    return f"No gain and no loss is shown from version {older} to {newer}: what there is may be chance."


def _said(judgement: Judgement, older: int, newer: int) -> str:
    change = judgement.accuracy_difference.interval
    points = f"{abs(change.value) * 100:.1f} points {'fewer' if change.value < 0 else 'more'}"
    sure = "may be chance" if judgement.better == "undecided" else "is more than chance explains"
    return (
        f"the model of version {newer} is right on {judgement.accuracy_after.value:.1%} of {judgement.rows:,} rows "
        f"that neither model was trained on, that of version {older} on {judgement.accuracy_before.value:.1%}: "
        f"{points} (95 % interval {change.low * 100:+.1f} to {change.high * 100:+.1f}), which {sure}."
    )
