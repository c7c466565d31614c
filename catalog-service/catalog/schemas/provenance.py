"""Who changes labels, how, and against which version."""

from typing import Final

from pydantic import Field

from catalog.fields import Text
from catalog.labelings import Provenance, Source
from catalog.schemas.body import Body
from shared.names import Name

MAX_VERSION: Final = 2**31 - 1
"""PostgreSQL's largest integer."""


class Said(Body):
    """Who says so, and how they came to it."""

    author: Name = Field("anonymous", description="Who says so.", examples=["mai"])
    source: Source = Field("human", description="Whether a person looked, a model guessed, or it was imported.")
    comment: Text | None = Field(None, description="Why.")

    @property
    def provenance(self) -> Provenance:
        """The same as the operations have it."""
        return Provenance(self.author, self.source, self.comment)


class SaidOfVersion(Said):
    """The same, if nobody else was faster."""

    base_version: int | None = Field(
        None,
        ge=0,
        le=MAX_VERSION,
        description="The version that was looked at; answered 409 if it is no longer the latest.",
    )
