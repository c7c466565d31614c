"""Which words an answer rests on: each is left out in turn (Li, Monroe & Jurafsky 2016, "Understanding neural networks
through representation erasure").
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from debugger.behaviour.predictor import BATCH, Predictor, probabilities
from debugger.behaviour.words import Span, words

MAX_TOKENS: Final = 100
"""Of a longer text neighbouring words are left out together."""
_GAP: Final = re.compile(r"(?<=\s)\s+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or of a long text several."""

    span: Span
    text: str
    drop: float
    """How much less confident the model is of its answer without it; below 0 it is more."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two neighbouring tokens."""

    first: int
    """The number of the first; the other is the next one."""

    drop: float
    """How much less confident the model is without both."""

    together: float
    """By how much that is more than what each of them drops alone: what they say only together."""


@dataclass(frozen=True)
class Attribution:
    """What the answer to a text rests on."""

    answer: str
    confidence: float
    tokens: tuple[Token, ...]
    """In the order of the text; none where it has no word."""

    pairs: tuple[Pair, ...] = ()


def attribute(predictor: Predictor, text: str, *, pairs: bool = False, batch: int = BATCH) -> Attribution:
    """Return by how much the confidence in the answer to `text` drops without each word, and without each pair.

    Raises WrongAnswerError.
    """
    spans = _grouped(words(text), MAX_TOKENS)
    answers = probabilities(predictor, asked_about(text, pairs=pairs), batch)
    winner = int(answers[0].argmax())
    drops = (answers[0, winner] - answers[1:, winner]).tolist()
    tokens = [Token(span, text[span.start : span.end], drop) for span, drop in zip(spans, drops)]
    found = [
        Pair(number, drop, drop - drops[number] - drops[number + 1]) for number, drop in enumerate(drops[len(spans) :])
    ]
    return Attribution(predictor.classes[winner], float(answers[0, winner]), tuple(tokens), tuple(found))


def asked_about(text: str, *, pairs: bool = False) -> list[str]:
    """Return what `attribute` asks a model about: `text`, and that without each word, and without each pair."""
    spans = _grouped(words(text), MAX_TOKENS)
    both = [Span(one.start, other.end) for one, other in pairwise(spans)] if pairs else []
    return [text, *(_without(text, span) for span in [*spans, *both])]


def _without(text: str, span: Span) -> str:
    return _GAP.sub("", text[: span.start] + text[span.end :]).strip()


def _grouped(spans: Sequence[Span], count: int) -> list[Span]:
    """Return at most `count` spans, each of as many neighbouring words as the others or one more."""
    count = min(count, len(spans))
    edges = [len(spans) * number // count for number in range(count + 1)] if count else []
    return [Span(spans[start].start, spans[end - 1].end) for start, end in pairwise(edges)]
