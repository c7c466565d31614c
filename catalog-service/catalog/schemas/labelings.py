"""Labelings, and the three states of a label."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, Field

from catalog.labelings import Source
from catalog.schemas.provenance import MAX_VERSION, Said, SaidOfVersion
from catalog.schemas.tags import TagRef
from shared.names import Name

MAX_TAGS_OF_IMAGE: Final = 1000
MAX_IMAGES: Final = 1000
TagNames = Annotated[list[Name], Field(max_length=MAX_TAGS_OF_IMAGE)]
ImageIds = Annotated[list[UUID], Field(min_length=1, max_length=MAX_IMAGES)]


class NewLabeling(SaidOfVersion):
    """All labels of an image, anew."""

    tags: TagNames = Field(
        description="What is there; none says that nothing is. Tags that are new are created.",
        examples=[["Tree", "Butterfly", "Cat"]],
    )
    absent: TagNames = Field([], description="What was looked for besides the label schema and is not there.")
    label_schema: UUID | None = Field(None, description="What was looked for: each of its tags is present or absent.")
    label_schema_version: int | None = Field(None, ge=1, le=MAX_VERSION, description="By default the newest.")


class NewTagging(SaidOfVersion):
    """One tag more on an image."""

    tag: Name = Field(description="Created if it is new.", examples=["Bird"])


class Restoring(SaidOfVersion):
    """Who restores a version, and why."""


class NewAnnotations(Said):
    """The same said of many images; what it does not name stays as it is."""

    images: ImageIds
    present: TagNames = Field([], description="Tags that are there on all of them.")
    absent: TagNames = Field([], description="Tags that were looked for and are on none of them.")
    label_schema: UUID | None = Field(
        None, description="Where this leaves none of its tags unknown, the labeling is under its newest version."
    )


class AnnotationsOut(BaseModel):
    """What became of it."""

    changed: int = Field(description="Images with a new labeling.")
    unchanged: int = Field(description="Images of which nothing new was said.")
    contradicting: list[UUID] = Field(
        description="Images left as they are, because they have a tag that was called absent."
    )


class SchemaRef(BaseModel):
    """A version of a label schema."""

    id: UUID
    name: str
    version: int


class LabelingOut(BaseModel):
    """One version of an image's labels."""

    image: UUID
    version: int
    tags: list[TagRef] = Field(description="What is there, by name.")
    absent: list[TagRef] = Field(description="What was looked for and is not there, by name.")
    label_schema: SchemaRef | None = Field(description="The label schema that it was made under.")
    author: str
    source: Source
    comment: str | None
    restored: int | None = Field(description="The version that it says again, if it was restored.")
    whole: bool = Field(description="Whether it says all anew, or changes the version before.")
    created_at: datetime


class LabelsOut(BaseModel):
    """What is known of an image, tag by tag."""

    labeling: int = Field(description="Version of the labeling that says so; 0 if there is none.")
    present: list[TagRef] = Field(description="Is there.")
    absent: list[TagRef] = Field(description="Was looked for and is not there.")
    unknown: list[TagRef] = Field(description="Nobody looked: the first 1,000 of all other tags, by name.")
    unknown_complete: bool = Field(description="Whether these are all.")


class LabelingDiff(BaseModel):
    """What changed from one version to another."""

    from_version: int
    to_version: int
    became_present: list[TagRef]
    became_absent: list[TagRef]
    became_unknown: list[TagRef]
