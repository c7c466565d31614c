"""Draws that are the same for a seed on every platform and with every version of Python."""

import hashlib
from collections.abc import Iterable, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """Makes every draw from `Random.random`.

    Of the standard generator only this method is promised to give the same sequence in later versions of Python;
    `choice`, `shuffle` and the like are not.
    """

    def __init__(self, *seed: int | str) -> None:
        digest = hashlib.sha256("\0".join(map(str, seed)).encode()).digest()
        self._random = Random(int.from_bytes(digest, "big"))  # noqa: S311 a data set, no secret

    def below(self, count: int) -> int:
        """Return a whole number from 0 to `count` - 1."""
        return int(self._random.random() * count)

    def happens(self, probability: float) -> bool:
        """Return True so often."""
        return self._random.random() < probability

    def one(self, options: Sequence[T]) -> T:
        """Return one of the options, which must not be empty, each as often."""
        return options[self.below(len(options))]

    def weighted(self, weights: Sequence[int]) -> int:
        """Return the place of one of the weights, each as often as it is heavy; their sum must not be 0."""
        left = self.below(sum(weights))
        for place, weight in enumerate(weights):
            left -= weight
            if left < 0:
                return place
        raise ValueError("the weights must be whole numbers from 0 up, and not all 0")

    def shuffled(self, items: Iterable[T]) -> list[T]:
        """Return the items in an order in which each is as likely as any other (Durstenfeld, 1964)."""
        order = list(items)
        for last in range(len(order) - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order
