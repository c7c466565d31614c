"""The fields of the filter language, and what they are in SQL."""

from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, and_, func, literal_column
from sqlalchemy.orm import aliased
from sqlmodel import col

from debugger.clients.embeddings import Encoder
from debugger.tables import Analysis, Prediction, Project, Row

FieldType = Literal["text", "number", "boolean", "words"]

OutOfSample: Final = aliased(Prediction, name="out_of_sample")
Served: Final = aliased(Prediction, name="served")


@dataclass(frozen=True)
class Scope:
    """Whose rows are meant, and by which analysis and predictions."""

    project_id: UUID
    analysis_id: UUID | None = None
    run_id: UUID | None = None
    served_run_id: UUID | None = None
    encoder: Encoder | None = None
    """What made the analysis's embedding; None where that is TF-IDF's."""

    @classmethod
    def of(cls, project: Project, analysis: Analysis | None) -> "Scope":
        """Return the scope of the project's newest analysis."""
        if analysis is None:
            return cls(project.id, served_run_id=project.served_run_id)
        encoder = Encoder.model_validate(analysis.encoder) if analysis.encoder else None
        return cls(project.id, analysis.id, analysis.run_id, project.served_run_id, encoder)

    def join(self, rows: FromClause) -> FromClause:
        """Join the predictions to `rows`."""
        for alias, run_id in ((OutOfSample, self.run_id), (Served, self.served_run_id)):
            same = and_(col(alias.run_id) == run_id, col(alias.number) == col(Row.number))
            rows = rows.join(alias, same, isouter=True)
        return rows


@dataclass(frozen=True)
class FieldSpec:
    """A field: what kind of values it has, and the SQL expression of them."""

    type: FieldType
    expression: Any


TEXT_VECTOR: Final[ColumnElement[Any]] = func.to_tsvector(literal_column("'simple'::regconfig"), col(Row.text))

FIELDS: Final[dict[str, FieldSpec]] = {
    "number": FieldSpec("number", col(Row.number)),
    "id": FieldSpec("text", col(Row.external_id)),
    "text": FieldSpec("words", col(Row.text)),
    "length": FieldSpec("number", col(Row.length)),
    "split": FieldSpec("text", col(Row.split)),
    "label": FieldSpec("text", col(Row.label)),
    "given": FieldSpec("text", col(Row.given_label)),
    "status": FieldSpec("text", col(Row.status)),
    "decision": FieldSpec("text", col(Row.decision)),
    "version": FieldSpec("number", col(Row.version)),
    "score": FieldSpec("number", col(Row.score)),
    "prediction": FieldSpec("text", col(OutOfSample.label)),
    "confidence": FieldSpec("number", col(OutOfSample.confidence)),
    "correct": FieldSpec("boolean", col(OutOfSample.label) == col(Row.label)),
    "served": FieldSpec("text", col(Served.label)),
    "served.confidence": FieldSpec("number", col(Served.confidence)),
    "served.correct": FieldSpec("boolean", col(Served.label) == col(Row.label)),
}
ISSUE: Final = "issue"
CLUSTER: Final = "cluster"
