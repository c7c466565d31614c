"""Parts of the data that people can name: by length, by a word, by cluster."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from debugger.evidence.clusters import NO_CLUSTER
from debugger.filters.syntax import quoted
from debugger.issues.ranking import grouped

SHORT: Final = (0.05, 0.1, 0.2)
"""The parts of the rows that are cut off as short, and as long, if their lengths allow it."""

TYPICAL: Final = 3
"""Words that name a cluster."""

LONGEST_WORD: Final = 40
MAX_CHARACTERS: Final = 2_000
"""Words are looked for in so many characters of a text."""

_WORD: Final = re.compile(r"[^\W\d_]{2,}")

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Slice:
    """The positions of some rows, in order, what finds them, and what they are in words."""

    rows: Rows
    filter: str
    name: str


def slices(texts: Sequence[str], clusters: NDArray[np.int32], least: int, most: int) -> Iterator[Slice]:
    """Yield the slices of `least` to `most` of the rows whose texts and clusters are given."""
    words = _rows_by_word(texts)
    for each in (*_lengths(texts), *_words(words, least), *_clusters(clusters, words)):
        if least <= len(each.rows) <= most:
            yield each


def _lengths(texts: Sequence[str]) -> Iterator[Slice]:
    if not texts:
        return
    words = np.array([len(text.split()) for text in texts])
    for most in np.unique(np.quantile(words, SHORT, method="lower")).tolist():
        yield Slice(np.flatnonzero(words <= most), f"length <= {most}", f"Texts of at most {most} words")
    for least in np.unique(np.quantile(words, 1 - np.array(SHORT), method="higher")).tolist():
        yield Slice(np.flatnonzero(words >= least), f"length >= {least}", f"Texts of at least {least} words")


def _rows_by_word(texts: Sequence[str]) -> dict[str, Rows]:
    found: dict[str, list[int]] = defaultdict(list)
    for row, text in enumerate(texts):
        for word in set(_WORD.findall(text[:MAX_CHARACTERS].lower())):
            found[word].append(row)
    return {word: np.array(found[word]) for word in sorted(found) if len(found[word]) > 1 and len(word) <= LONGEST_WORD}


def _words(words: dict[str, Rows], least: int) -> Iterator[Slice]:
    for word, rows in words.items():
        if len(rows) >= least:
            yield Slice(rows, f"text : {quoted(word)}", f"Texts with the word “{word}”")


def _clusters(clusters: NDArray[np.int32], words: dict[str, Rows]) -> Iterator[Slice]:
    order, starts = grouped(clusters)
    members = {int(clusters[rows[0]]): rows for rows in np.split(order, starts[1:]) if len(rows)}
    members.pop(NO_CLUSTER, None)
    typical = _typical(clusters, members, words)
    for number, rows in members.items():
        name = " ".join(f"“{word}”" for word in typical[number]) or "each other"
        yield Slice(rows, f"cluster = {number}", f"Texts about {name}")


def _typical(clusters: NDArray[np.int32], members: dict[int, Rows], words: dict[str, Rows]) -> dict[int, list[str]]:
    """Return for each cluster the words that more of its rows have than of all, the most so first."""
    found: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for word, rows in words.items():
        numbers, counts = np.unique(clusters[rows], return_counts=True)
        for number, count in zip(numbers.tolist(), counts.tolist()):
            if number in members and (more := count / len(members[number]) - len(rows) / len(clusters)) > 0:
                found[number].append((-more, word))
    return {number: [word for _, word in sorted(found[number])[:TYPICAL]] for number in members}
