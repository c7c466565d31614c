"""Proofs that decisions gained something."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from debugger.metrics.comparison import Verdict
from debugger.proofs import EncoderName, Wanted
from debugger.schemas.fields import Author, Number
from debugger.schemas.measures import Measured
from debugger.tables import Proof
from shared.jobs import Status
from shared.jobs.tables import Job
from shared.times import created_at

MAX_SEED = 2**31 - 1


class ProofIn(BaseModel):
    """Which two data versions are to be compared, and what is to be trained on them."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"from": 1, "to": 4, "author": "Mai"}]})

    older: Number | None = Field(None, alias="from", description="A data version; by default the first import's.")
    newer: Number | None = Field(None, alias="to", description="A later one; by default the latest.")
    encoder: EncoderName | None = Field(
        None, description="A sentence encoder beside n-grams, as the intent service takes it; minutes to hours."
    )
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] = Field(0, description="Of both trainings.")
    author: Author | None = None

    @property
    def wanted(self) -> Wanted:
        """What is asked for."""
        return Wanted(self.older, self.newer, self.encoder, self.seed, self.author)


class TrainedOut(BaseModel):
    """One of the two models."""

    version: int = Field(description="Of the data.")
    model: str | None = Field(None, description="Its version in the intent service; null until it is trained.")
    training_rows: int = Field(description="Labeled rows that were sent for training and validation.")
    out_of_scope_rows: int = Field(description="Rows out of scope that were sent too.")
    left_out: int = Field(description="Rows that were not sent, as a row that is held back has the same text.")
    rejected_rows: int | None = Field(None, description="Rows that the intent service did not take.")
    first_rejection: str | None = None
    seconds: float | None = Field(None, description="Of the training.")
    unanswered: int | None = Field(None, description="Rows held back that it gives no answer to; these are wrong.")


class TableOut(BaseModel):
    """In how many rows both models are right, only one of them, and neither."""

    both: int
    only_before: int
    only_after: int
    neither: int


class McNemarOut(BaseModel):
    """Two-sided p-values of the hypothesis that both models are right equally often."""

    exact: float
    mid_p: float


class AdvantageOut(BaseModel):
    """What the model after has more than the one before, by the paired bootstrap."""

    interval: Measured
    p_value: float


class JudgementOut(BaseModel):
    """Both models by one set of labels."""

    rows: int = Field(description="Rows with a label in this set.")
    accuracy_before: Measured
    accuracy_after: Measured
    macro_f1_before: Measured
    macro_f1_after: Measured
    table: TableOut
    mcnemar: McNemarOut
    accuracy_difference: AdvantageOut
    macro_f1_difference: AdvantageOut
    better: Verdict


class ComparisonOut(BaseModel):
    """The same rows and answers, judged by the labels as given and as cleaned."""

    rows: int
    given: JudgementOut | None = Field(description="By what the files said; null where no row has a label.")
    cleaned: JudgementOut | None = Field(description="By the labels of the newer version.")
    changed: int = Field(description="Rows of which the cleaned label is another one, or only one of the two is there.")
    warnings: list[str] = Field(description="Why a figure may flatter.")


class MovedOut(BaseModel):
    """How right both models are on the rows of a class, by the cleaned labels."""

    label: str
    rows: int
    accuracy_before: float
    accuracy_after: float

    @classmethod
    def of(cls, moved: dict[str, Any]) -> "MovedOut":
        """Return what is told of a class."""
        rows = moved["rows"]
        before, after = moved["right_before"] / rows, moved["right_after"] / rows
        return cls(label=moved["label"], rows=rows, accuracy_before=before, accuracy_after=after)


class ProofOut(BaseModel):
    """What a model of a data version gains over a model of an older one."""

    id: UUID = Field(description="Also of the job.")
    status: Status = Field(description="Of the job.")
    stage: str | None = Field(description="What the job does now.")
    error: str | None = Field(description="Why there is no result.")
    older: int = Field(serialization_alias="from", description="The older data version.")
    newer: int = Field(serialization_alias="to", description="The newer data version.")
    encoder: EncoderName | None
    seed: int
    author: str | None
    created_at: datetime
    holdout: Literal["split", "hash"] | None = Field(
        description="Which rows are held back from both trainings: those for testing (`split`), or, where there are "
        "none, a fifth by a hash. Null while that is not known."
    )
    test_rows: int = Field(description="Rows held back that have a label.")
    before: TrainedOut | None = Field(description="The model of the older version.")
    after: TrainedOut | None = Field(description="The model of the newer version.")
    verdict: Verdict | None = Field(description="The model that labels as given and as cleaned show to be better.")
    summary: str | None = Field(description="The result in a few sentences.")
    comparison: ComparisonOut | None
    classes: list[MovedOut] = Field(description="The classes that moved most, at most 20.")

    @classmethod
    def of(cls, proof: Proof, job: Job) -> "ProofOut":
        """Return what is told of a proof and its job."""
        told = proof.model_dump(include={"id", "older", "newer", "encoder", "seed", "author", "holdout", "test_rows"})
        result = proof.result or {}
        return cls(
            **told,
            status=job.status,
            stage=job.position.get("stage") if job.status == "running" else None,
            error=job.error,
            created_at=created_at(proof.id),
            before=_trained(proof.older, proof.before, result.get("unanswered_before")),
            after=_trained(proof.newer, proof.after, result.get("unanswered_after")),
            verdict=result.get("verdict"),
            summary=result.get("summary"),
            comparison=result.get("comparison"),
            classes=[MovedOut.of(moved) for moved in result.get("classes", [])],
        )


def _trained(version: int, told: dict[str, Any] | None, unanswered: int | None) -> TrainedOut | None:
    return TrainedOut(version=version, unanswered=unanswered, **told) if told else None
