"""Analyses and what they found."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from debugger.analysing import Wanted
from debugger.clients.embeddings import Encoder
from debugger.issues.base import Kind
from debugger.tables import Analysis


class AnalysisIn(BaseModel):
    """How to analyse."""

    model_config = ConfigDict(extra="forbid")

    encoder: Wanted = Field(
        "auto",
        description="`auto` has the intent service turn the texts into vectors if its model has a sentence encoder: "
        "more label errors are found so. With `none` the analysis needs no other service.",
    )


class EncoderOut(BaseModel):
    """The sentence encoder that made the vectors of the rows."""

    model_config = ConfigDict(from_attributes=True)

    version: str = Field(description="Of the intent service's model that has it.")
    source: str
    finetuned: bool
    weights_sha256: str = Field(description="Vectors by the same weights can be compared.")
    dimensions: int


class AnalysisOut(BaseModel):
    """What was found in one data version."""

    id: UUID
    version: int = Field(description="The data version that was analysed.")
    rows: int
    classes: list[str]
    encoder: EncoderOut | None = Field(description="Null where the vectors are of TF-IDF.")
    encoder_note: str | None = Field(description="Why there is no encoder, or which texts it did not take.")
    finished_at: datetime | None

    @classmethod
    def of(cls, analysis: Analysis) -> "AnalysisOut":
        """Return what is told of `analysis`."""
        return cls(
            id=analysis.id,
            version=analysis.version,
            rows=analysis.row_count,
            classes=analysis.classes,
            encoder=EncoderOut.model_validate(Encoder.model_validate(analysis.encoder)) if analysis.encoder else None,
            encoder_note=analysis.encoder_note,
            finished_at=analysis.finished_at,
        )


class KindOut(BaseModel):
    """A kind of issue, and how many of it there are."""

    name: str
    title: str
    description: str
    found: int = Field(description="So many were found.")
    open: int = Field(description="Of these, about rows that nobody has decided on since, or about more than one row.")

    @classmethod
    def of(cls, kind: Kind, found: int, undecided: int) -> "KindOut":
        """Return what is told of `kind`."""
        return cls(name=kind.name, title=kind.title, description=kind.description, found=found, open=undecided)


class IssuesOut(BaseModel):
    """What the newest analysis found."""

    analysis: AnalysisOut
    kinds: list[KindOut]
