"""What the model said of the images that came last, so that the same image is not computed twice."""

from dataclasses import dataclass
from typing import Final

from cachetools import LRUCache

from vision.classifier import Array

_ENTRY_BYTES: Final = 500
"""Of an entry besides its arrays."""

Key = tuple[str, bytes]
"""The model's version and the SHA-256 of the image file."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model says of one image."""

    logits: Array
    features: Array


class AnswerCache:
    """The answers used last, in at most `max_bytes`; what a client wants of one is chosen from it afterwards."""

    def __init__(self, max_bytes: int) -> None:
        self._answers: LRUCache[Key, Answer] = LRUCache(max_bytes, getsizeof=_size)

    @property
    def bytes(self) -> int:
        """How many bytes the answers take."""
        return int(self._answers.currsize)

    @property
    def enabled(self) -> bool:
        """Whether anything is kept."""
        return self._answers.maxsize > 0

    def get(self, key: Key) -> Answer | None:
        """Return the answer, if it is there."""
        return self._answers.get(key)

    def put(self, key: Key, answer: Answer) -> None:
        """Keep the answer, and forget the ones not used for longest if need be; one that is too large is not kept."""
        if _size(answer) <= self._answers.maxsize:
            self._answers[key] = answer


def _size(answer: Answer) -> int:
    return answer.logits.nbytes + answer.features.nbytes + _ENTRY_BYTES
