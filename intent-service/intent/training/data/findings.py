"""What an audit found, ready for JSON: places, labels and numbers, and none of the texts."""

from collections.abc import Sequence
from dataclasses import dataclass

from intent.labels import Label
from intent.training.data.examples import Place, Rejected


@dataclass(frozen=True)
class PartSize:
    """How many rows and labels a part has; rows that are out of scope are counted apart."""

    part: str
    rows: int
    labels: int
    out_of_scope: int


@dataclass(frozen=True)
class LabelSize:
    """How many rows a label has in each part."""

    label: Label
    training: int
    validation: int
    testing: int


@dataclass(frozen=True)
class Member:
    """A row; its label is None where it is out of scope."""

    place: Place
    part: str
    label: Label | None


@dataclass(frozen=True)
class Group:
    """Rows with the same text, of which the first are listed."""

    rows: int
    first: Sequence[Member]


@dataclass(frozen=True)
class Groups:
    """How many groups there are, with how many rows together; the first are listed."""

    count: int
    rows: int
    first: Sequence[Group]


@dataclass(frozen=True)
class NearPair:
    """A row each of two texts that are nearly the same, by the Jaccard similarity of their words."""

    similarity: float
    one: Member
    other: Member


@dataclass(frozen=True)
class NearPairs:
    """How many pairs of different texts are nearly the same, and how many of these have two labels."""

    count: int
    is_complete: bool
    """Whether all were looked for; otherwise there are at least so many."""
    two_labels: int
    first: Sequence[NearPair]
    first_two_labels: Sequence[NearPair]


@dataclass(frozen=True)
class Shared:
    """How many rows for testing have a text that is also for training, and how many others one that is nearly so."""

    exact: int
    near: int
    first_exact: Sequence[Group]
    first_near: Sequence[NearPair]


@dataclass(frozen=True)
class Listed:
    """How many rows there are of a kind, and of the first each with its reason."""

    count: int
    first: Sequence[Rejected]


@dataclass(frozen=True)
class Audit:
    """What a data set holds, and what is questionable in it."""

    sha256: str
    parts: Sequence[PartSize]
    labels: Sequence[LabelSize]
    """The largest in training first."""
    few: Sequence[Label]
    """With fewer than two rows for training; those of `only_in_testing` are not repeated here."""
    only_in_testing: Sequence[Label]
    unlabeled: int
    exact_duplicates: Groups
    two_labels: Groups
    near_duplicates: NearPairs
    shared: Shared
    odd: Listed
    rejected: Listed
