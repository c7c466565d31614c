"""Near-duplicates: sets of words that overlap in most of their words. All of them are found, and no others.

Two sets with a Jaccard similarity of at least t share a word among the few rarest ones of each, so that an index of
these alone finds the candidates (S. Chaudhuri, V. Ganti, R. Kaushik: "A Primitive Operator for Similarity Joins in Data
Cleaning", ICDE 2006; C. Xiao, W. Wang, X. Lin, J. X. Yu: "Efficient Similarity Joins for Near Duplicate Detection", WWW
2008, whose shorter prefixes for the index are used here, too). With one word more of each they share two, which leaves
far fewer candidates where texts come from templates (J. Wang, G. Li, J. Feng: "Can We Beat the Prefix Filtering?",
SIGMOD 2012).
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from math import ceil
from typing import Final

THRESHOLD: Final = 0.8
SHARED: Final = 2
"""So many of their rarest words near-duplicates must share, if they have as many in common at all."""

_TOLERANCE: Final = 1e-9
"""By so much the filters are wider than they must be, which leaves no pair to the rounding of a product."""

_Index = Mapping[int, Mapping[int, Sequence[int]]]
"""For a word's rank, and then for the size of a set, the sets that have the word among their rarest ones."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sets by their numbers, the smaller number first, and the Jaccard similarity of their words."""

    one: int
    other: int
    similarity: float


def near_duplicates(sets: Sequence[AbstractSet[str]], threshold: float = THRESHOLD) -> Iterator[Pair]:
    """Yield every pair whose similarity is at least `threshold`, above 0 and at most 1; empty sets are like nothing.

    The order depends on the sets alone. Raises ValueError for another threshold.
    """
    if not 0 < threshold <= 1:
        raise ValueError(f"the threshold must be above 0 and at most 1, not {threshold}")
    ranked = _by_rarity(sets)
    index: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number in sorted((each for each, ranks in enumerate(ranked) if ranks), key=lambda each: len(ranked[each])):
        ranks = ranked[number]
        for other in _candidates(ranks, index, threshold):
            similarity = jaccard(sets[number], sets[other])
            if similarity >= threshold:
                yield Pair(min(number, other), max(number, other), similarity)
        for rank in _rarest(ranks, _least_common(2 * len(ranks), threshold)):
            index[rank][len(ranks)].append(number)


def jaccard(one: AbstractSet[str], other: AbstractSet[str]) -> float:
    """Return the part of the words of both that is in each, 0 for empty sets."""
    common = len(one & other)
    union = len(one) + len(other) - common
    return common / union if union else 0.0


def _by_rarity(sets: Sequence[AbstractSet[str]]) -> list[list[int]]:
    """Return of each set the ranks of its words, where 0 is the word that is in the fewest sets."""
    frequency = Counter(word for words in sets for word in words)
    rank = {word: place for place, word in enumerate(sorted(frequency, key=lambda word: (frequency[word], word)))}
    return [sorted(rank[word] for word in words) for words in sets]


def _candidates(ranks: Sequence[int], index: _Index, threshold: float) -> list[int]:
    """Return the sets of the index, none of them larger, that may overlap enough."""
    size = len(ranks)
    smallest = ceil(threshold * size - _TOLERANCE)  # the size of the smallest set, all of whose words must be shared
    once, found = set[int](), set[int]()
    for rank in _rarest(ranks, smallest):
        for other_size, numbers in index.get(rank, _NOTHING).items():
            if other_size < smallest:
                continue
            if _least_common(size + other_size, threshold) < SHARED:
                found.update(numbers)
            else:
                found |= once.intersection(numbers)
                once.update(numbers)
    return sorted(found)


_NOTHING: Final[Mapping[int, Sequence[int]]] = {}


def _least_common(sizes: int, threshold: float) -> int:
    """Return how many words two sets must share that have `sizes` words together, counted apart."""
    return ceil(threshold / (1 + threshold) * sizes - _TOLERANCE)


def _rarest(ranks: Sequence[int], least_common: int) -> Sequence[int]:
    """Return the ranks of which SHARED must be shared where `least_common` of all are."""
    return ranks[: len(ranks) - least_common + SHARED]
