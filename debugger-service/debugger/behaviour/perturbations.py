"""All perturbations, and what they make of a text."""

import zlib
from collections.abc import Iterable
from typing import Final

import numpy as np

from debugger.behaviour.casing import CASING
from debugger.behaviour.contractions import CONTRACTIONS
from debugger.behaviour.name_swaps import NAME_SWAPS
from debugger.behaviour.number_swaps import NUMBER_SWAPS
from debugger.behaviour.perturbed import Perturbation, Perturbed
from debugger.behaviour.punctuation import PUNCTUATION
from debugger.behaviour.synonyms import SYNONYM_SWAPS
from debugger.behaviour.typos import TYPOS

PERTURBATIONS: Final = {
    perturbation.name: perturbation
    for perturbation in (TYPOS, CASING, PUNCTUATION, CONTRACTIONS, SYNONYM_SWAPS, NAME_SWAPS, NUMBER_SWAPS)
}
"""By name, in the order in which they are shown."""

SEED: Final = 0


def perturbed(text: str, perturbations: Iterable[Perturbation] | None = None, seed: int = SEED) -> list[Perturbed]:
    """Return what all or the given perturbations make of `text`.

    What one makes of a text depends on nothing but both and the seed: not on the other texts, nor on their order.
    """
    chosen = PERTURBATIONS.values() if perturbations is None else perturbations
    return [made for perturbation in chosen for made in perturbation.perturb(text, _random(text, perturbation, seed))]


def _random(text: str, perturbation: Perturbation, seed: int) -> np.random.Generator:
    words = (zlib.crc32(written.encode("utf-8", "surrogatepass")) for written in (text, perturbation.name))
    return np.random.default_rng([seed, *words])
