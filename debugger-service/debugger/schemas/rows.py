"""Rows, their predictions, issues and history."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from debugger.rows import Listed
from debugger.schemas.fields import Author, CommentText
from debugger.tables import Change, Comment, FoundIssue, Prediction, Version
from shared.times import created_at


class PredictionOut(BaseModel):
    """What a model takes the text for."""

    label: str
    confidence: float
    labels: list[str] = Field(description="The most probable classes, the first first.")
    confidences: list[float]

    @classmethod
    def of(cls, found: Prediction | None) -> "PredictionOut | None":
        """Return what is told of `found`."""
        return cls.model_validate(found.model_dump(exclude={"run_id", "number"})) if found else None


class RowOut(BaseModel):
    """A text and its label."""

    number: int = Field(description="Which of the project's rows, counted from 1.")
    id: str | None = Field(description="The file's own id of it.")
    text: str
    split: str | None
    label: str | None
    given_label: str | None = Field(description="As it was imported.")
    status: str = Field(description="`active`, `dropped` or `out_of_scope`.")
    decision: str | None = Field(description="What somebody last decided of it.")
    version: int = Field(description="The data version in which it last changed; to be sent with a decision.")
    score: float | None = Field(description="As it was imported.")
    out_of_sample: PredictionOut | None = Field(description="By models that were not trained on it.")
    served: PredictionOut | None = Field(description="By the model in use.")
    issues: dict[str, float] = Field(description="The kinds of issues that it has, with their scores.")
    similarity: float | None = Field(
        None, description="To what `order_by=similar(…)` names: the cosine of the embeddings; else null."
    )

    @classmethod
    def of(cls, listed: Listed) -> "RowOut":
        """Return what is told of `listed`."""
        row = listed.row
        return cls(
            number=row.number,
            id=row.external_id,
            text=row.text,
            split=row.split,
            label=row.label,
            given_label=row.given_label,
            status=row.status,
            decision=row.decision,
            version=row.version,
            score=row.score,
            out_of_sample=PredictionOut.of(listed.out_of_sample),
            served=PredictionOut.of(listed.served),
            issues=listed.issues,
            similarity=listed.similarity,
        )


class IssueOut(BaseModel):
    """Something that is likely wrong."""

    kind: str
    rank: int = Field(description="Within its kind, 1 for the greatest score.")
    number: int | None = Field(description="The row it is about; null where it is about more than one.")
    score: float = Field(description="0 to 1; comparable within a kind only.")
    reason: str
    filter: str | None = Field(description="What finds the rows that it is about, where it is about more than one.")
    action: str | None = Field(description="What is proposed, such as `relabel`.")
    label: str | None = Field(description="The label that is proposed.")
    labels: list[str] = Field(description="The labels that the proposal is about, as those to be merged.")
    evidence: dict[str, Any]

    @classmethod
    def of(cls, issue: FoundIssue) -> "IssueOut":
        """Return what is told of `issue`."""
        return cls.model_validate(issue.model_dump(exclude={"analysis_id"}))


class CommentIn(BaseModel):
    """Something to say of a row."""

    model_config = ConfigDict(extra="forbid")

    author: Author
    text: CommentText


class CommentOut(BaseModel):
    """What somebody said of a row."""

    id: UUID
    author: str
    text: str
    created_at: datetime

    @classmethod
    def of(cls, comment: Comment) -> "CommentOut":
        """Return what is told of `comment`."""
        return cls(id=comment.id, author=comment.author, text=comment.text, created_at=created_at(comment.id))


class ChangeOut(BaseModel):
    """What a version made of a row."""

    version: int
    action: str
    author: str
    comment: str | None
    created_at: datetime
    label: str | None
    status: str

    @classmethod
    def of(cls, change: Change, version: Version) -> "ChangeOut":
        """Return what is told of `change`."""
        told = version.model_dump(include={"action", "author", "comment", "created_at"})
        return cls(**told, version=change.version, label=change.label, status=change.status)


class NeighbourOut(BaseModel):
    """A row that is like another."""

    similarity: float = Field(description="Cosine of the embeddings.")
    row: RowOut


class RowDetail(RowOut):
    """A row with all that is known of it."""

    fields: dict[str, Any] = Field(description="What else the file said.")
    neighbours: list[NeighbourOut] = Field(description="The most similar first; empty before an analysis.")
    found: list[IssueOut]
    history: list[ChangeOut] = Field(description="The newest first.")
    comments: list[CommentOut]


class Counts(BaseModel):
    """How many rows a filter finds, and of which values."""

    rows: int
    facets: dict[str, Sequence[tuple[str | None, int]]] = Field(
        description="Of split, label, status, decision and prediction the most frequent values, and how often each is."
    )
