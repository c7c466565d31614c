"""Splits data into training, validation and testing, each label in the same shares."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import floor

from intent.labels import Label
from intent.training.data.examples import Data, Example
from intent.training.data.folding import fold
from intent.training.data.parts import Part
from intent.training.data.refusals import DataError


@dataclass(frozen=True)
class Splits:
    """The examples by what they are for, each in the order of the data."""

    training: Sequence[Example]
    validation: Sequence[Example]
    testing: Sequence[Example]
    out_of_scope_training: Sequence[Example]
    out_of_scope_validation: Sequence[Example]
    out_of_scope_testing: Sequence[Example]


def split(data: Data, seed: int, validation: float = 0.15, testing: float = 0.15) -> Splits:
    """Keep the data's own splits, and take what they lack from training, for each label the given share of its rows.

    In scope and out of scope are looked at apart: what has no validation or testing of its own gets it. A label with a
    single row stays in training, and so do texts that are alike but for case, punctuation and blanks, unless all of
    them fit on the other side. Which rows are taken depends on the seed and the texts, not on the order of the rows.
    Raises ValueError for shares that leave nothing for training, and DataError when there is nothing in scope to train
    on.
    """
    if not (validation >= 0 and testing >= 0 and validation + testing < 1):
        raise ValueError(f"the shares {validation} and {testing} must not be negative, and below 1 together")
    known, unknown = (
        _by(lambda example: example.label is not None, data),
        _by(lambda example: example.label is None, data),
    )
    if not known[Part.TRAINING]:
        raise DataError("there are no labelled rows for training")
    shares = {Part.TESTING: testing, Part.VALIDATION: validation}
    wanted = _wanted(known, shares) | _wanted(unknown, shares)
    taken = _taken([*known[Part.TRAINING], *unknown[Part.TRAINING]], seed, wanted)
    known, unknown = _moved(known, taken), _moved(unknown, taken)
    return Splits(*(parts[part] for parts in (known, unknown) for part in Part))


_Parts = Mapping[Part, Sequence[Example]]
_Wanted = dict[tuple[Label | None, Part], int]


def _by(belongs: Callable[[Example], bool], data: Data) -> _Parts:
    own = {Part.TRAINING: data.training, Part.VALIDATION: data.validation, Part.TESTING: data.testing}
    return {part: [example for example in examples if belongs(example)] for part, examples in own.items()}


def _wanted(own: _Parts, shares: Mapping[Part, float]) -> _Wanted:
    """Return how many rows of each label to take from training for what is lacking."""
    wanted: _Wanted = {}
    for label, count in Counter(example.label for example in own[Part.TRAINING]).items():
        numbers = {part: 0 if own[part] else floor(share * count + 0.5) for part, share in shares.items()}
        if sum(numbers.values()) >= count:  # rounding up left nothing for training
            most = max(numbers, key=lambda part: numbers[part] - shares[part] * count)
            numbers[most] -= 1
        wanted |= {(label, part): number for part, number in numbers.items()}
    return wanted


def _taken(examples: Sequence[Example], seed: int, wanted: _Wanted) -> Mapping[str, Part]:
    """Return which folded texts go where; `wanted` is used up."""
    counts: dict[str, Counter[Label | None]] = defaultdict(Counter)
    for example in examples:
        counts[fold(example.text)][example.label] += 1
    taken: dict[str, Part] = {}
    for text in sorted(counts, key=lambda text: _draw(seed, text)):
        labels = counts[text]
        fitting = (part for part in (Part.TESTING, Part.VALIDATION) if _fits(labels, part, wanted))
        part = next(fitting, None)
        if part:
            taken[text] = part
            for label, count in labels.items():
                wanted[label, part] -= count
    return taken


def _fits(labels: Mapping[Label | None, int], part: Part, wanted: _Wanted) -> bool:
    return all(wanted[label, part] >= count for label, count in labels.items())


def _draw(seed: int, text: str) -> bytes:
    """Return where in the shuffled order the text stands: the same in every process."""
    return hashlib.blake2b(f"{seed} {text}".encode(), digest_size=16).digest()


def _moved(own: _Parts, taken: Mapping[str, Part]) -> _Parts:
    parts = {part: list(own[part]) if part is not Part.TRAINING else list[Example]() for part in Part}
    for example in own[Part.TRAINING]:
        parts[taken.get(fold(example.text), Part.TRAINING)].append(example)
    return parts
