"""Analyses and what they found."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from debugger.issues.base import Kind
from debugger.tables import Analysis


class AnalysisOut(BaseModel):
    """What was found in one data version."""

    id: UUID
    version: int = Field(description="The data version that was analysed.")
    rows: int
    classes: list[str]
    finished_at: datetime | None

    @classmethod
    def of(cls, analysis: Analysis) -> "AnalysisOut":
        """Return what is told of `analysis`."""
        return cls(
            id=analysis.id,
            version=analysis.version,
            rows=analysis.row_count,
            classes=analysis.classes,
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
