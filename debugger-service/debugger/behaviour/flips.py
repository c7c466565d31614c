"""How often a model changes its answer when a text hardly changes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from debugger.behaviour.perturbations import PERTURBATIONS, SEED, perturbed
from debugger.behaviour.perturbed import Perturbed
from debugger.behaviour.predictor import BATCH, Predictor, probabilities
from debugger.metrics.intervals import LEVEL, Interval, wilson

WORST: Final = 50
"""Flips that are listed."""
_TEXTS: Final = 1000
"""Texts whose variants are held at once."""


@dataclass(frozen=True, slots=True)
class Flip:
    """A changed text with another answer than the text itself."""

    position: int
    """Of the text among those asked about."""

    perturbed: Perturbed
    before: str
    confidence_before: float
    after: str
    confidence_after: float

    @property
    def sureness(self) -> float:
        """How sure of both answers the model is: the lesser confidence."""
        return min(self.confidence_before, self.confidence_after)


@dataclass(frozen=True, slots=True)
class FlipRate:
    """How many texts flip, of those that a perturbation applies to."""

    texts: int
    """Texts that something could be changed in."""

    flipped: int
    """Texts of which at least one variant has another answer."""

    variants: int
    flipped_variants: int
    rate: Interval
    """Of texts, by Wilson: the variants of a text are not independent of each other."""


@dataclass(frozen=True)
class Flips:
    """What all perturbations did to the answers."""

    perturbations: dict[str, FlipRate]
    """By the name of the perturbation."""

    classes: dict[str, dict[str, FlipRate]]
    """By the class that is answered for the text itself, and by perturbation; those that apply to none are left out."""

    worst: tuple[Flip, ...]
    """The flips that the model is surest of, before and after."""


@dataclass(frozen=True, slots=True)
class _Tally:
    """What one perturbation did to one text."""

    answer: str
    name: str
    variants: int
    flipped: int


def flips(
    predictor: Predictor,
    texts: Sequence[str],
    names: Sequence[str] | None = None,
    worst: int = WORST,
    level: float = LEVEL,
    seed: int = SEED,
    batch: int = BATCH,
) -> Flips:
    """Return how all or the named perturbations change the answers to `texts`, of which every one is asked about some
    fifteen times.

    Raises KeyError for a name that is in no perturbation, and WrongAnswerError.
    """
    chosen = [PERTURBATIONS[name] for name in (PERTURBATIONS if names is None else names)]
    tallies: list[_Tally] = []
    found: list[Flip] = []
    for start in range(0, len(texts), _TEXTS):
        part = texts[start : start + _TEXTS]
        made = [perturbed(text, chosen, seed) for text in part]
        asked = [*part, *(each.text for each_text in made for each in each_text)]
        answers = probabilities(predictor, asked, batch)
        variants = iter(answers[len(part) :])
        for offset, (answer, of_text) in enumerate(zip(answers, made)):
            flipped = list(_flipped(start + offset, of_text, answer, variants, predictor.classes))
            tallies += _tallies(predictor.classes[int(answer.argmax())], of_text, flipped)
            found += flipped
        found = sorted(found, key=lambda flip: (-flip.sureness, flip.position))[:worst]
    by_class = {
        answer: {name: _rate(each, name, level) for name in dict.fromkeys(tally.name for tally in each)}
        for answer, group in groupby(sorted(tallies, key=attrgetter("answer")), attrgetter("answer"))
        for each in [list(group)]
    }
    return Flips({each.name: _rate(tallies, each.name, level) for each in chosen}, by_class, tuple(found))


def _flipped(
    position: int,
    made: Sequence[Perturbed],
    answer: NDArray[np.float64],
    variants: Iterator[NDArray[np.float64]],
    classes: Sequence[str],
) -> Iterator[Flip]:
    first = int(answer.argmax())
    for each, changed in zip(made, variants):
        other = int(changed.argmax())
        if other != first:
            yield Flip(position, each, classes[first], float(answer[first]), classes[other], float(changed[other]))


def _tallies(answer: str, made: Sequence[Perturbed], flipped: Sequence[Flip]) -> Iterator[_Tally]:
    for name in dict.fromkeys(each.name for each in made):
        variants = sum(each.name == name for each in made)
        yield _Tally(answer, name, variants, sum(flip.perturbed.name == name for flip in flipped))


def _rate(tallies: Sequence[_Tally], name: str, level: float) -> FlipRate:
    of_name = [tally for tally in tallies if tally.name == name]
    flipped = sum(tally.flipped > 0 for tally in of_name)
    return FlipRate(
        texts=len(of_name),
        flipped=flipped,
        variants=sum(tally.variants for tally in of_name),
        flipped_variants=sum(tally.flipped for tally in of_name),
        rate=wilson(flipped, len(of_name), level),
    )
