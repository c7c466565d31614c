"""The debugger in PostgreSQL.

Nothing that a row once was is overwritten: `changes` has what each data version made of it, from its import on, and
the row's state in a version is its last change up to that. Only for searching, `rows` repeats the latest one.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, REAL
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

TEXT_WORDS = "to_tsvector('simple', text)"
"""What text search is on; a query must have the very expression that is indexed."""


def _project_column(*, primary_key: bool = True) -> Column[UUID]:
    return Column(Uuid, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=primary_key, nullable=False)


class Project(SQLModel, table=True):
    """One data set and its versions."""

    __tablename__ = "projects"

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    name: str = Field(sa_type=Text)
    key: str = Field(sa_column=Column(Text(collation="C"), nullable=False, unique=True))
    description: str | None = Field(default=None, sa_type=Text)
    version: int = 0
    """The latest data version; 0 while nothing was imported."""

    row_count: int = 0
    analysis_id: UUID | None = None
    """The newest one that is done."""

    served_run_id: UUID | None = None
    """The newest predictions by a served model."""


class Version(SQLModel, table=True):
    """A change of the data: an import, decisions, or the undoing of one of these."""

    __tablename__ = "versions"
    __table_args__ = (CheckConstraint("action <> ''", "versions_action"),)

    project_id: UUID = Field(sa_column=_project_column())
    number: int = Field(primary_key=True, sa_type=Integer)
    action: str = Field(sa_type=Text)
    author: str = Field(sa_type=Text)
    comment: str | None = Field(default=None, sa_type=Text)
    changed: int = 0
    """So many rows came or changed."""

    request: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    undoes: int | None = None
    undone_by: int | None = None
    created_at: datetime = Field(sa_type=DateTime(timezone=True))


class Row(SQLModel, table=True):
    """A text, as it was imported and as it is now; `number` counts the rows of the project from 1."""

    __tablename__ = "rows"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'dropped', 'out_of_scope')", "rows_status"),
        Index("rows_identity", "project_id", "identity", unique=True),
        Index("rows_label", "project_id", "label", "number"),
        Index("rows_version", "project_id", "version"),
        Index("rows_words", text(TEXT_WORDS), postgresql_using="gin"),
    )

    project_id: UUID = Field(sa_column=_project_column())
    number: int = Field(primary_key=True, sa_type=Integer)
    identity: bytes = Field(sa_type=LargeBinary)
    """A digest of the file's own id, or of the content and its how-manieth occurrence where there is none."""

    external_id: str | None = Field(default=None, sa_type=Text)
    text: str = Field(sa_type=Text)
    length: int
    """In words."""

    split: str | None = Field(default=None, sa_type=Text)
    score: float | None = Field(default=None, sa_type=REAL)
    fields: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    given_label: str | None = Field(default=None, sa_type=Text)
    given_out_of_scope: bool
    added_in: int

    label: str | None = Field(default=None, sa_type=Text)
    status: str = Field(sa_type=Text)
    decision: str | None = Field(default=None, sa_type=Text)
    """The last action on it that somebody decided on, None where nobody has or it was undone."""

    version: int
    """In which it came or last changed."""


class Change(SQLModel, table=True):
    """What a version made of a row: the first is its import."""

    __tablename__ = "changes"
    __table_args__ = (
        ForeignKeyConstraint(["project_id", "number"], ["rows.project_id", "rows.number"], ondelete="CASCADE"),
        Index("changes_version", "project_id", "version", "number"),
    )

    project_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=Integer)
    version: int = Field(primary_key=True, sa_type=Integer)
    label: str | None = Field(default=None, sa_type=Text)
    status: str = Field(sa_type=Text)
    decision: str | None = Field(default=None, sa_type=Text)
    score: float | None = Field(default=None, sa_type=REAL)
    """Of the label error that the row was shown to have when it was decided on: what a review budget learns from."""


class Comment(SQLModel, table=True):
    """What somebody said of a row; it changes no data."""

    __tablename__ = "comments"
    __table_args__ = (
        ForeignKeyConstraint(["project_id", "number"], ["rows.project_id", "rows.number"], ondelete="CASCADE"),
        Index("comments_row", "project_id", "number", "id"),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    project_id: UUID
    number: int = Field(sa_type=Integer)
    author: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)


class PredictionRun(SQLModel, table=True):
    """One model's predictions of the rows of a project, complete or still coming in."""

    __tablename__ = "prediction_runs"
    __table_args__ = (CheckConstraint("source IN ('out_of_sample', 'served')", "prediction_runs_source"),)

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    project_id: UUID = Field(sa_column=_project_column(primary_key=False))
    source: str = Field(sa_type=Text)
    model: str | None = Field(default=None, sa_type=Text)
    """The model's name and version, as its service tells it."""

    version: int
    """Of the data."""


class Prediction(SQLModel, table=True):
    """The most probable classes of a row, the first first."""

    __tablename__ = "predictions"
    __table_args__ = (Index("predictions_confidence", "run_id", "confidence", "number"),)

    run_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("prediction_runs.id", ondelete="CASCADE"), primary_key=True, nullable=False)
    )
    number: int = Field(primary_key=True, sa_type=Integer)
    label: str = Field(sa_type=Text)
    confidence: float = Field(sa_type=REAL)
    labels: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    confidences: list[float] = Field(sa_column=Column(ARRAY(REAL), nullable=False))


class Analysis(SQLModel, table=True):
    """What was found in one data version."""

    __tablename__ = "analyses"

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    project_id: UUID = Field(sa_column=_project_column(primary_key=False))
    version: int
    run_id: UUID | None = None
    """Its out-of-sample predictions."""

    classes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    row_count: int = 0
    counts: dict[str, int] = Field(sa_column=Column(JSONB, nullable=False))
    """How many issues of each kind were found."""

    encoder: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True), nullable=True))
    """The sentence encoder that made its embedding; None where that is TF-IDF's."""

    encoder_note: str | None = Field(default=None, sa_type=Text)
    """Why there is none, or what it did not take."""

    finished_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class FoundIssue(SQLModel, table=True):
    """An issue of an analysis; `number` is its row's, None where it is about more than one."""

    __tablename__ = "issues"
    __table_args__ = (
        Index("issues_score", "analysis_id", "kind", text("score DESC"), "rank"),
        Index("issues_number", "analysis_id", "number", "kind"),
    )

    analysis_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("analyses.id", ondelete="CASCADE"), primary_key=True, nullable=False)
    )
    kind: str = Field(primary_key=True, sa_type=Text)
    rank: int = Field(primary_key=True, sa_type=Integer)
    """Within its kind, 1 for the greatest score."""

    number: int | None = Field(default=None, sa_type=Integer)
    score: float = Field(sa_type=REAL)
    reason: str = Field(sa_type=Text)
    filter: str | None = Field(default=None, sa_type=Text)
    action: str | None = Field(default=None, sa_type=Text)
    label: str | None = Field(default=None, sa_type=Text)
    labels: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    evidence: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))


class StoredArray(SQLModel, table=True):
    """A part of an array of an analysis, as NumPy's own format without pickled objects."""

    __tablename__ = "arrays"

    analysis_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("analyses.id", ondelete="CASCADE"), primary_key=True, nullable=False)
    )
    name: str = Field(primary_key=True, sa_type=Text)
    part: int = Field(primary_key=True, sa_type=Integer)
    data: bytes = Field(sa_type=LargeBinary)


class FilePart(SQLModel, table=True):
    """A part of a file that is to be imported."""

    __tablename__ = "file_parts"

    file_id: UUID = Field(primary_key=True)
    part: int = Field(primary_key=True, sa_type=Integer)
    data: bytes = Field(sa_type=LargeBinary)
    since: datetime = Field(sa_type=DateTime(timezone=True))


class Metrics(SQLModel, table=True):
    """How well a model was found to predict a data version: the history of a project."""

    __tablename__ = "metrics"

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    project_id: UUID = Field(sa_column=_project_column(primary_key=False))
    version: int
    source: str = Field(sa_type=Text)
    model: str | None = Field(default=None, sa_type=Text)
    summary: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))


class Proof(SQLModel, table=True):
    """What a model of a data version gains over one of an older version; it has the id of the job that finds out."""

    __tablename__ = "proofs"
    __table_args__ = (Index("proofs_project", "project_id", "id"),)

    id: UUID = Field(primary_key=True)
    project_id: UUID = Field(sa_column=_project_column(primary_key=False))
    older: int
    newer: int
    author: str | None = Field(default=None, sa_type=Text)
    encoder: str | None = Field(default=None, sa_type=Text)
    seed: int
    holdout: str | None = Field(default=None, sa_type=Text)
    """`split` or `hash`: by which the rows that judge both models are held back."""

    test_rows: int = 0
    before: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    """What the older model was trained on, and which version of the model that made."""

    after: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    result: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))


class ProofRow(SQLModel, table=True):
    """A row that a proof judges both models by; its labels are in the names that classes have in the newer version."""

    __tablename__ = "proof_rows"

    proof_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("proofs.id", ondelete="CASCADE"), primary_key=True, nullable=False)
    )
    number: int = Field(primary_key=True, sa_type=Integer)
    given: str | None = Field(default=None, sa_type=Text)
    cleaned: str | None = Field(default=None, sa_type=Text)
    before: str | None = Field(default=None, sa_type=Text)
    """What the older model answers, in its own names; None while, or where, it does not."""

    after: str | None = Field(default=None, sa_type=Text)


class BehaviourTest(SQLModel, table=True):
    """How often a model's answers about some rows flip when these hardly change, so far."""

    __tablename__ = "behaviour_tests"
    __table_args__ = (
        CheckConstraint("source IN ('own', 'served')", "behaviour_tests_source"),
        Index("behaviour_tests_project", "project_id", "id"),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    project_id: UUID = Field(sa_column=_project_column(primary_key=False))
    job_id: UUID | None = None
    source: str = Field(sa_type=Text)
    model: str | None = Field(default=None, sa_type=Text)
    """The service that is asked; None for the project's own model."""

    analysis_id: UUID | None = None
    """That made the project's own model; it may be gone by now."""

    version: int
    """Of the data."""

    author: str | None = Field(default=None, sa_type=Text)
    filter: str = Field(sa_type=Text)
    perturbations: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    numbers: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    """Of the rows, in the order in which the model is asked about them."""

    answered: int = 0
    """Rows about which the model answered."""

    tallies: dict[str, dict[str, list[int]]] = Field(sa_column=Column(JSONB, nullable=False))
    """By the class that is answered and by perturbation: rows, those that flip, their variants, those that flip."""

    flips: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    """The worst, the worst first."""

    finished_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
