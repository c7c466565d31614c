"""How far the authors who labelled the same images agree: on each tag, and on which images least.

A rating is one author's latest word on one tag of one image: present or absent. Where nobody looked there is none.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain, combinations
from math import comb
from statistics import fmean
from typing import Final, TypeAlias
from uuid import UUID

from nltk.metrics.agreement import AnnotationTask

from shared.refusals import RefusalError

MAX_RATINGS: Final = 1_000_000
"""Ratings held at once, in about 80 MB; alpha takes up to 260 MB more where they are all on one tag."""

MAX_PAIRS: Final = 5_000
"""Pairs of authors, summed over the tags: each has its kappa in the answer."""


class TooManyRatingsError(RefusalError):
    """More ratings were asked to be compared than are held at once."""


class Undefined(StrEnum):
    """Why a coefficient has no value."""

    NOTHING_SHARED = "No image was rated by two authors."
    ONE_VALUE = "All ratings that can be compared say the same, so chance cannot be told from agreement."
    TOO_MANY_PAIRS = f"There are more than {MAX_PAIRS:,} pairs of authors; narrow the filter to fewer tags or authors."


@dataclass(frozen=True)
class Coefficient:
    """Agreement beyond chance: 1 is perfect, 0 what chance gives, below 0 worse; no value where it is undefined."""

    value: float | None
    undefined: Undefined | None = None


@dataclass(frozen=True)
class PairAgreement:
    """Cohen's kappa of two authors on one tag, over the `images` that both rated."""

    authors: tuple[str, str]
    images: int
    raw_agreement: float
    kappa: Coefficient


@dataclass(frozen=True)
class TagAgreement:
    """Agreement on one tag.

    `images` have two ratings or more. `raw_agreement` is the mean over them of the share of pairs of ratings that say
    the same, chance included (Fleiss 1971). `mean_kappa` weights each pair's kappa by its images, so that two authors
    who share three images do not outweigh two who share thousands; where all rated the same images, it is the plain
    mean that Light (1971) proposed.
    """

    tag: UUID
    ratings: int
    images: int
    raw_agreement: float | None
    alpha: Coefficient
    mean_kappa: Coefficient
    pairs: tuple[PairAgreement, ...]


@dataclass(frozen=True)
class Dispute:
    """A tag of an image, and the authors on each side."""

    tag: UUID
    present: tuple[str, ...]
    absent: tuple[str, ...]


@dataclass(frozen=True)
class ImageDisagreement:
    """How much an image is disputed, in (0, 1].

    `score` is the mean, over the `tags` that two or more authors rated, of the share of pairs of ratings that differ:
    one less Fleiss's P_i, the extent of agreement on a subject (1971, "Measuring nominal scale agreement among many
    raters", Psychological Bulletin 76).
    """

    image: UUID
    score: float
    tags: int
    disputes: tuple[Dispute, ...]


@dataclass(frozen=True)
class _Answers:
    """The images on which one author saw one tag, and those on which they looked for it in vain."""

    present: set[UUID] = field(default_factory=set)
    absent: set[UUID] = field(default_factory=set)


_TagAnswers: TypeAlias = dict[str, _Answers]
_Votes: TypeAlias = dict[UUID, tuple[int, int]]


class Ratings:
    """What each author said last of each image, by tag; filled row by row, as from a database cursor."""

    def __init__(self, max_ratings: int = MAX_RATINGS) -> None:
        self._max_ratings = max_ratings
        self._count = 0
        self._tags: defaultdict[UUID, _TagAnswers] = defaultdict(lambda: defaultdict(_Answers))

    def add(self, image: UUID, author: str, present: frozenset[UUID], looked_for: frozenset[UUID]) -> None:
        """Take the latest labeling of an author for an image: a tag looked for and not present is absent.

        Raises TooManyRatingsError, and ValueError where the author already rated a tag of the image.
        """
        absent = looked_for - present
        self._count += len(present) + len(absent)
        if self._count > self._max_ratings:
            raise TooManyRatingsError(
                f"More than {self._max_ratings:,} ratings would be compared; "
                "narrow the filter to fewer images, tags or authors."
            )
        for tag in present | absent:
            answers = self._tags[tag][author]
            if image in answers.present or image in answers.absent:
                raise ValueError(
                    f"The author {author!r} has two labelings of the image {image}; only the latest counts."
                )
            (answers.present if tag in present else answers.absent).add(image)

    @property
    def by_tag(self) -> Mapping[UUID, _TagAnswers]:
        """What the authors of each rated tag said."""
        return self._tags


def tag_agreements(ratings: Ratings) -> list[TagAgreement]:
    """Return the agreement on each rated tag, in the order of the tags' ids.

    Beyond MAX_PAIRS pairs of authors there are no kappas: alpha, made for any number of authors, remains.
    """
    few = sum(comb(len(answers), 2) for answers in ratings.by_tag.values()) <= MAX_PAIRS
    return [_tag_agreement(tag, ratings.by_tag[tag], with_kappas=few) for tag in sorted(ratings.by_tag)]


def most_disputed(ratings: Ratings, limit: int) -> list[ImageDisagreement]:
    """Return the at most `limit` images with the highest scores; of equals, the one with more tags first."""
    shares: defaultdict[UUID, list[float]] = defaultdict(list)
    disputed: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for tag, answers in ratings.by_tag.items():
        for image, votes in _shared_votes(answers).items():
            shares[image].append(_differing_pairs(*votes))
            if all(votes):
                disputed[image].append(tag)
    worst = heapq.nsmallest(limit, ((-fmean(shares[image]), -len(shares[image]), image) for image in disputed))
    return [
        ImageDisagreement(
            image, -score, -tags, tuple(_dispute(tag, ratings.by_tag[tag], image) for tag in sorted(disputed[image]))
        )
        for score, tags, image in worst
    ]


def _tag_agreement(tag: UUID, answers: _TagAnswers, *, with_kappas: bool) -> TagAgreement:
    votes = _shared_votes(answers)
    pairs = tuple(_pairs(answers)) if with_kappas else ()
    return TagAgreement(
        tag=tag,
        ratings=sum(len(author.present) + len(author.absent) for author in answers.values()),
        images=len(votes),
        raw_agreement=1 - fmean(_differing_pairs(*counts) for counts in votes.values()) if votes else None,
        alpha=_alpha(votes),
        mean_kappa=_mean_kappa(pairs) if with_kappas else Coefficient(None, Undefined.TOO_MANY_PAIRS),
        pairs=pairs,
    )


def _shared_votes(answers: _TagAnswers) -> _Votes:
    """Return for each image with two ratings or more how many say present and how many absent."""
    present = Counter(chain.from_iterable(author.present for author in answers.values()))
    absent = Counter(chain.from_iterable(author.absent for author in answers.values()))
    return {image: (present[image], absent[image]) for image, count in (present + absent).items() if count > 1}


def _differing_pairs(present: int, absent: int) -> float:
    return present * absent / comb(present + absent, 2)


def _alpha(votes: _Votes) -> Coefficient:
    """Krippendorff's alpha for nominal data, where authors may have rated different images (Krippendorff 2011,
    "Computing Krippendorff's Alpha-Reliability").

    An image with a single rating has nothing to compare and counts neither as agreement nor in what chance would give.
    """
    if not votes:
        return Coefficient(None, Undefined.NOTHING_SHARED)
    if not all(map(sum, zip(*votes.values()))):
        return Coefficient(None, Undefined.ONE_VALUE)  # the library would say 1
    return Coefficient(float(AnnotationTask(_triples(votes)).alpha()))


def _triples(votes: _Votes) -> Iterator[tuple[int, int, bool]]:
    """Yield (coder, item, label). Alpha does not depend on who said what, so the coders are numbered anew."""
    for item, (present, absent) in enumerate(votes.values()):
        for coder in range(present + absent):
            yield coder, item, coder < present


def _pairs(answers: _TagAnswers) -> Iterator[PairAgreement]:
    for first, second in combinations(sorted(answers), 2):
        one, other = answers[first], answers[second]
        both, neither = len(one.present & other.present), len(one.absent & other.absent)
        only_one, only_other = len(one.present & other.absent), len(one.absent & other.present)
        if images := both + only_one + only_other + neither:
            kappa = _kappa(both, only_one, only_other, neither)
            yield PairAgreement((first, second), images, (both + neither) / images, kappa)


def _kappa(both: int, only_one: int, only_other: int, neither: int) -> Coefficient:
    """Cohen's kappa (1960, "A coefficient of agreement for nominal scales") of a table with at least one image."""
    if not only_one and not only_other and not (both and neither):
        return Coefficient(None, Undefined.ONE_VALUE)
    present, other_present = both + only_one, both + only_other
    absent, other_absent = only_other + neither, only_one + neither
    beyond_chance = 2 * (both * neither - only_one * only_other)
    return Coefficient(beyond_chance / (present * other_absent + absent * other_present))


def _mean_kappa(pairs: tuple[PairAgreement, ...]) -> Coefficient:
    kappas = [(pair.kappa.value, pair.images) for pair in pairs if pair.kappa.value is not None]
    if not kappas:
        return Coefficient(None, Undefined.ONE_VALUE if pairs else Undefined.NOTHING_SHARED)
    return Coefficient(fmean((kappa for kappa, _ in kappas), [images for _, images in kappas]))


def _dispute(tag: UUID, answers: _TagAnswers, image: UUID) -> Dispute:
    present = sorted(author for author, said in answers.items() if image in said.present)
    absent = sorted(author for author, said in answers.items() if image in said.absent)
    return Dispute(tag, tuple(present), tuple(absent))
