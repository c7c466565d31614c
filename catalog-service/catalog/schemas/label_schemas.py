"""Label schemas and worklists."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from catalog.fields import Text
from catalog.schemas.body import Body
from catalog.schemas.images import ImageOut
from catalog.schemas.labelings import TagNames
from catalog.schemas.provenance import MAX_VERSION
from catalog.schemas.tags import TagRef
from catalog.tables import LabelSchema
from shared.names import Name
from shared.times import created_at


class NewLabelSchema(Body):
    """A label schema and the tags of its version 1."""

    name: Name = Field(examples=["Garden animals"])
    description: Text | None = None
    tags: Annotated[TagNames, Field(min_length=1)] = Field(description="What to look for.", examples=[["Cat", "Dog"]])


class LabelSchemaChange(Body):
    """What can be changed of a label schema without a new version."""

    name: Name | None = None
    description: Text | None = None


class NewVersion(Body):
    """The next version of a label schema."""

    tags: Annotated[TagNames, Field(min_length=1)] = Field(
        description="All its tags, old and new.", examples=[["Cat", "Dog", "Bird"]]
    )
    comment: Text | None = Field(None, description="Why.")
    base_version: int | None = Field(
        None,
        ge=1,
        le=MAX_VERSION,
        description="The version that was looked at; answered 409 if it is no longer the newest.",
    )


class LabelSchemaOut(BaseModel):
    """A label schema."""

    id: UUID
    name: str
    description: str | None
    version: int = Field(description="The newest.")
    created_at: datetime

    @classmethod
    def of(cls, schema: LabelSchema) -> "LabelSchemaOut":
        """Return what is told of `schema`."""
        return cls(
            id=schema.id,
            name=schema.name,
            description=schema.description,
            version=schema.version,
            created_at=created_at(schema.id),
        )


class LabelSchemaVersionOut(BaseModel):
    """One version of a label schema; it never changes."""

    label_schema: UUID
    version: int
    tags: list[TagRef] = Field(description="By name.")
    comment: str | None
    created_at: datetime


class WorklistItem(BaseModel):
    """An image that has to be looked at."""

    image: ImageOut
    missing: list[TagRef] = Field(description="What nobody has looked for on it, by name.")
