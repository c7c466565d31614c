"""Decisions."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from debugger.choosing import MAX_ROWS
from debugger.decisions import Decision, Effect
from debugger.filters.syntax import MAX_LENGTH
from debugger.schemas.fields import Author, CommentText, Label, Number
from shared.pagination import MAX_INTEGER

MAX_LABELS = 1000


class RowSeen(BaseModel):
    """A row, as it was looked at."""

    model_config = ConfigDict(extra="forbid")

    number: Number
    version: Annotated[int, Field(ge=1, le=MAX_INTEGER, description="The row's `version` that was seen.")]


class DecisionIn(BaseModel):
    """What is to be done with which rows: those that are named, or those that a filter finds."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"action": "relabel", "author": "Mai", "label": "refund", "rows": [{"number": 17, "version": 1}]},
                {
                    "action": "accept",
                    "author": "Mai",
                    "kind": "label_error",
                    "filter": "issue.label_error > 0.9",
                    "at_version": 1,
                },
                {"action": "merge", "author": "Mai", "labels": ["refund", "money back"], "label": "refund"},
            ]
        },
    )

    action: Literal["relabel", "accept", "keep", "drop", "out_of_scope", "merge", "rename"]
    author: Author
    label: Label | None = Field(None, description="The new one: of `relabel`, `merge` and `rename`.")
    labels: Annotated[list[Label], Field(max_length=MAX_LABELS)] = Field(
        default_factory=list, description="The classes that `merge` and `rename` give up."
    )
    kind: Annotated[str, Field(max_length=100, pattern="^[a-z_]+$")] | None = Field(
        None, description="Of `accept`: the kind of issue whose proposals are followed."
    )
    rows: Annotated[list[RowSeen], Field(max_length=MAX_ROWS)] | None = None
    filter: Annotated[str, Field(max_length=MAX_LENGTH)] | None = Field(
        None, description="In place of `rows`; of `merge` and `rename` neither is given."
    )
    at_version: Annotated[int, Field(ge=0, le=MAX_INTEGER)] | None = Field(
        None,
        description="The project's version that was looked at: where one of the rows has changed since, nothing is "
        "done. Needed with a filter and with `labels`.",
    )
    comment: CommentText | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> "DecisionIn":
        of_classes = self.action in {"merge", "rename"}
        if (self.action in {"relabel", "merge", "rename"}) != (self.label is not None):
            raise ValueError(f"`{self.action}` " + ("needs a `label`" if self.label is None else "takes no `label`"))
        if (self.action == "accept") != (self.kind is not None):
            raise ValueError("`accept` needs a `kind`, and nothing else takes one")
        if of_classes != bool(self.labels) or (self.action == "rename" and len(self.labels) != 1):
            raise ValueError("`merge` needs `labels`, `rename` exactly one, and nothing else takes any")
        ways = (self.rows is not None, self.filter is not None, of_classes)
        if sum(ways) != 1:
            raise ValueError("either `rows` or a `filter` say what is meant, and neither for `merge` and `rename`")
        if self.rows is None and self.at_version is None:
            raise ValueError("`at_version` says which version was looked at")
        return self

    @property
    def decision(self) -> Decision:
        """What is to be done."""
        return Decision(self.action, self.author, self.label, tuple(self.labels), self.kind, self.comment)


class UndoIn(BaseModel):
    """Who undoes."""

    model_config = ConfigDict(extra="forbid")

    author: Author


class EffectOut(BaseModel):
    """Rows that would change alike."""

    label: str | None
    status: str
    new_label: str | None
    new_status: str
    rows: int

    @classmethod
    def of(cls, effect: Effect) -> "EffectOut":
        """Return what is told of `effect`."""
        return cls(**vars(effect))


class Preview(BaseModel):
    """What a decision would change."""

    rows: int
    effects: list[EffectOut] = Field(description="The most rows first.")
