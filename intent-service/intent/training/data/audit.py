"""Looks through data before anything is trained on it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from intent.labels import Label
from intent.training.data.audit_lines import lines
from intent.training.data.examples import Data, Example, Rejected
from intent.training.data.findings import (
    Audit,
    Group,
    Groups,
    LabelSize,
    Listed,
    Member,
    NearPair,
    NearPairs,
    PartSize,
    Shared,
)
from intent.training.data.folding import fold, words
from intent.training.data.near_duplicates import Pair, near_duplicates
from intent.training.data.parts import Part

__all__ = ["Audit", "audit", "lines"]

MAX_LISTED: Final = 50
"""Of each kind of finding so many are listed; all are counted."""
MAX_MEMBERS: Final = 10
MAX_NEAR_PAIRS: Final = 200_000
"""Beyond, near-duplicates are no longer looked for: the texts come from templates, and their pairs say little."""

SHORT_CHARACTERS: Final = 3
LONG_CHARACTERS: Final = 1_000

_Examples = Mapping[Part, Sequence[Example]]
_Texts = Sequence[Sequence[Member]]
"""The rows of each text, where texts that fold to the same are one."""


def audit(data: Data) -> Audit:
    """Count and list what is questionable; nothing of the texts is in the answer."""
    examples = {Part.TRAINING: data.training, Part.VALIDATION: data.validation, Part.TESTING: data.testing}
    sizes = _label_sizes(examples)
    by_text = _by_text(examples)
    texts = list(by_text.values())
    near = _near(by_text)
    return Audit(
        sha256=data.sha256,
        parts=[_part_size(part, rows) for part, rows in examples.items()],
        labels=sizes,
        few=[size.label for size in sizes if size.training < 2 and (size.training or size.validation)],
        only_in_testing=[size.label for size in sizes if not size.training and not size.validation],
        unlabeled=data.unlabeled,
        exact_duplicates=_groups(text for text in texts if len(text) > 1),
        two_labels=_groups(text for text in texts if len(_labels(text)) > 1),
        near_duplicates=_near_pairs(texts, near[:MAX_NEAR_PAIRS], is_complete=len(near) <= MAX_NEAR_PAIRS),
        shared=_shared(texts, near[:MAX_NEAR_PAIRS]),
        odd=_listed([*_odd(examples)]),
        rejected=_listed(data.rejected),
    )


def _part_size(part: Part, rows: Sequence[Example]) -> PartSize:
    labels = [example.label for example in rows if example.label is not None]
    return PartSize(part.value, len(labels), len(set(labels)), len(rows) - len(labels))


def _label_sizes(examples: _Examples) -> list[LabelSize]:
    counts = {part: Counter(example.label for example in rows) for part, rows in examples.items()}
    labels: set[Label] = {label for count in counts.values() for label in count if label is not None}
    sizes = [LabelSize(label, *(counts[part][label] for part in Part)) for label in labels]
    return sorted(sizes, key=lambda size: (-size.training, isinstance(size.label, str), size.label))


def _by_text(examples: _Examples) -> Mapping[str, Sequence[Member]]:
    found: dict[str, list[Member]] = defaultdict(list)
    for part, rows in examples.items():
        for example in rows:
            found[fold(example.text)].append(Member(example.place, part.value, example.label))
    return found


def _near(folded: Iterable[str]) -> Sequence[Pair]:
    """Return the likest pairs first; one more than are wanted says that there are more."""
    found = islice(near_duplicates([words(text) for text in folded]), MAX_NEAR_PAIRS + 1)
    return sorted(found, key=lambda pair: (-pair.similarity, pair.one, pair.other))


def _near_pairs(texts: _Texts, near: Sequence[Pair], *, is_complete: bool) -> NearPairs:
    two_labels = [pair for pair in near if len(_labels((*texts[pair.one], *texts[pair.other]))) > 1]
    return NearPairs(
        count=len(near),
        is_complete=is_complete,
        two_labels=len(two_labels),
        first=[_pair(pair, texts[pair.one][0], texts[pair.other][0]) for pair in near[:MAX_LISTED]],
        first_two_labels=[_pair(pair, *_disagreeing(texts, pair)) for pair in two_labels[:MAX_LISTED]],
    )


def _disagreeing(texts: _Texts, pair: Pair) -> tuple[Member, Member]:
    """Return a row of each text, with two labels where the texts and not only the rows of one of them differ so."""
    one, other = texts[pair.one], texts[pair.other]
    return next(((a, b) for a in one for b in other if a.label != b.label), (one[0], other[0]))


def _shared(texts: _Texts, near: Sequence[Pair]) -> Shared:
    trains, tests = ([_of(part, text) for text in texts] for part in (Part.TRAINING, Part.TESTING))
    exact = [text for text, train, test in zip(texts, trains, tests, strict=True) if train and test]
    leaks = [
        (pair, tested, trained)
        for pair in near
        for tested, trained in ((pair.one, pair.other), (pair.other, pair.one))
        if tests[tested] and not trains[tested] and trains[trained]
    ]
    return Shared(
        exact=sum(len(_of(Part.TESTING, text)) for text in exact),
        near=sum(len(tests[text]) for text in {tested for _, tested, _ in leaks}),
        first_exact=_groups(exact).first,
        first_near=[_pair(pair, tests[tested][0], trains[trained][0]) for pair, tested, trained in leaks[:MAX_LISTED]],
    )


def _pair(pair: Pair, one: Member, other: Member) -> NearPair:
    return NearPair(round(pair.similarity, 4), one, other)


def _labels(rows: Iterable[Member]) -> set[Label | None]:
    return {row.label for row in rows}


def _of(part: Part, rows: Iterable[Member]) -> list[Member]:
    return [row for row in rows if row.part == part]


def _groups(found: Iterable[Sequence[Member]]) -> Groups:
    by_size = sorted(found, key=len, reverse=True)
    first = [Group(len(rows), rows[:MAX_MEMBERS]) for rows in by_size[:MAX_LISTED]]
    return Groups(len(by_size), sum(map(len, by_size)), first)


def _odd(examples: _Examples) -> Iterator[Rejected]:
    for example in (example for rows in examples.values() for example in rows):
        length = len(example.text)
        if not any(character.isalpha() for character in example.text):
            yield Rejected(example.place, "has no letters")
        elif length < SHORT_CHARACTERS:
            yield Rejected(example.place, f"is very short: {length} characters")
        elif length > LONG_CHARACTERS:
            yield Rejected(example.place, f"is very long: {length:,} characters")


def _listed(rows: Sequence[Rejected]) -> Listed:
    return Listed(len(rows), rows[:MAX_LISTED])
