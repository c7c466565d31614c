"""Which words an answer rests on: each is left out in turn (Li, Monroe & Jurafsky 2016, "Understanding neural networks
through representation erasure").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from intent.classifier import Classifier
from intent.scoring import score

MAX_PARTS: Final = 200
MAX_ENCODED_PARTS: Final = 24
"""With a sentence encoder, which takes about 30 ms for a long text."""
MAX_CHARACTERS: Final = 100_000
"""Of all the texts that are scored to explain one: about a sixth of a second."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, and how much less likely the text's first label is without it; below 0 it is more likely."""

    text: str
    weight: float


def explain(classifier: Classifier, text: str) -> list[Word]:
    """Return the words of `text`, which has at least one, in order.

    Of a long text neighbouring words are left out together, so that it is scored at most MAX_PARTS times.
    """
    words = text.split()
    most = MAX_ENCODED_PARTS if classifier.has_encoder else MAX_PARTS
    parts = _grouped(words, min(most, max(1, MAX_CHARACTERS // len(text))))
    without = [" ".join([*words[:start], *words[end:]]) for start, end in parts]
    probabilities = score(classifier, [text, *without]).probabilities
    winner = probabilities[0].argmax()
    changes = probabilities[0, winner] - probabilities[1:, winner]
    return [Word(" ".join(words[start:end]), change) for (start, end), change in zip(parts, changes.tolist())]


def _grouped(words: Sequence[str], count: int) -> list[tuple[int, int]]:
    """Return where at most `count` groups of words begin and end, as alike in size as can be."""
    count = min(count, len(words))
    edges = [len(words) * index // count for index in range(count + 1)]
    return list(pairwise(edges))
