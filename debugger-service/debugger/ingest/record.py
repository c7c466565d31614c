"""A row as a file gives it, or why it gives none."""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

Split = Literal["training", "validation", "testing"]

MAX_TEXT_LENGTH: Final = 10_000
MAX_LABEL_LENGTH: Final = 200
MAX_ID_LENGTH: Final = 200


@dataclass(frozen=True, slots=True)
class Record:
    """A text with what the file says of it."""

    text: str
    label: str | None = None
    """None where it is not annotated yet."""

    split: Split | None = None
    external_id: str | None = None
    """The file's own id of the row."""

    score: float | None = None
    """Such as the entropy of a model's prediction; finite."""

    out_of_scope: bool = False
    """The file says that the text belongs to no class; then there is no label."""

    fields: dict[str, Any] = field(default_factory=dict)
    """What else the file says, as JSON, so that an export can say it again."""


@dataclass(frozen=True, slots=True)
class BrokenRecord:
    """A row of the file that is not taken."""

    subject: str
    """Its beginning, at most 100 characters."""

    message: str
    """What is wrong with it and what to do, beginning with a small letter."""
