"""Rows as a file holds them, before their texts and labels are checked."""

from dataclasses import dataclass, field

from intent.training.data.examples import Place, Rejected
from intent.training.data.parts import Part


@dataclass(frozen=True, slots=True)
class Row:
    """A row whose text, label and id may still be anything."""

    place: Place
    part: Part
    text: object
    label: object
    id: object = None
    in_scope: bool = True
    is_cell: bool = False
    """Whether the label comes from a table, where nothing but its look tells a number from a name."""
    label_place: Place | None = None
    """Where the label stands, if not with the text."""


@dataclass
class Rows:
    """What files hold."""

    taken: list[Row] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    unlabeled: int = 0

    def reject(self, place: Place, reason: str) -> None:
        """Note that a row is not taken."""
        self.rejected.append(Rejected(place, reason))

    def extend(self, others: "Rows") -> None:
        """Add what another file holds."""
        self.taken += others.taken
        self.rejected += others.rejected
        self.unlabeled += others.unlabeled
