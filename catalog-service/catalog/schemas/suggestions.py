"""Suggestions."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from catalog.schemas.provenance import SaidOfVersion
from catalog.tables import Suggestion
from shared.times import created_at


class SuggestionOut(BaseModel):
    """What a model said of an image; no label until it is accepted."""

    id: UUID
    tag: str
    confidence: float = Field(description="0 to 1.")
    model: str
    model_version: str
    accepted_in: int | None = Field(description="Version of the labeling that accepted it.")
    created_at: datetime

    @classmethod
    def of(cls, suggestion: Suggestion) -> "SuggestionOut":
        """Return what is told of `suggestion`."""
        return cls(
            id=suggestion.id,
            tag=suggestion.tag,
            confidence=suggestion.confidence,
            model=suggestion.model,
            model_version=suggestion.model_version,
            accepted_in=suggestion.accepted_in,
            created_at=created_at(suggestion.id),
        )


class Accepting(SaidOfVersion):
    """Which suggestions become labels."""

    suggestions: Annotated[list[UUID], Field(min_length=1, max_length=100)]
