"""What a model says of many texts: in portions that fit a processor's cache, ranked, and with a verdict."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from intent.classifier import Classifier, Scored
from intent.labels import Label

PORTION_CHARACTERS: Final = 8_000
"""Scored at a time: larger portions are not faster, and take about a hundred bytes of memory a character."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """One label and its calibrated probability."""

    label: Label
    confidence: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a model says of one text: the likeliest labels first; `out_of_scope` is None if the model cannot tell."""

    ranked: Sequence[Ranked]
    out_of_scope: bool | None
    scope_score: float


def score(classifier: Classifier, texts: Sequence[str]) -> Scored:
    """Return what `classifier` says of `texts`, of which there is at least one."""
    parts = [classifier.score(portion) for portion in _portions(texts)]
    if len(parts) == 1:
        return parts[0]
    probabilities = np.concatenate([part.probabilities for part in parts])
    return Scored(probabilities, np.concatenate([part.scope for part in parts]))


def judge(classifier: Classifier, texts: Sequence[str], n_best: int) -> list[Verdict]:
    """Return the verdict on each text with at most `n_best` labels; of equally likely ones the first comes first."""
    card, scored = classifier.card, score(classifier, texts)
    order = np.argsort(-scored.probabilities, axis=1, kind="stable")[:, :n_best]
    confidences = np.take_along_axis(scored.probabilities, order, axis=1).tolist()
    return [
        Verdict(
            ranked=[Ranked(card.labels[column], confidence) for column, confidence in zip(columns, row)],
            out_of_scope=None if card.scope_threshold is None else scope < card.scope_threshold,
            scope_score=scope,
        )
        for columns, row, scope in zip(order.tolist(), confidences, scored.scope.tolist())
    ]


def _portions(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    first = characters = 0
    for index, text in enumerate(texts):
        characters += len(text)
        if characters >= PORTION_CHARACTERS:
            yield texts[first : index + 1]
            first, characters = index + 1, 0
    if first < len(texts):
        yield texts[first:]
