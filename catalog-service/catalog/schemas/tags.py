"""Tags."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from catalog.schemas.body import Body
from catalog.tables import Tag
from catalog.tags import CountedTag
from shared.names import Name
from shared.times import created_at


class TagName(Body):
    """The name of a tag."""

    name: Name = Field(description="Unique without regard to case.", examples=["Bird"])


class TagRef(BaseModel):
    """A tag, short."""

    id: UUID
    name: str

    @classmethod
    def of(cls, tag: Tag) -> "TagRef":
        """Return the short form of `tag`."""
        return cls(id=tag.id, name=tag.name)

    @classmethod
    def by_name(cls, tags: Iterable[Tag]) -> "list[TagRef]":
        """Return the short forms in the order of the names."""
        return [cls.of(tag) for tag in sorted(tags, key=lambda tag: tag.key)]


class TagOut(TagRef):
    """A tag and how often it is used."""

    images: int = Field(description="How many images have it.")
    created_at: datetime

    @classmethod
    def of_counted(cls, counted: CountedTag) -> "TagOut":
        """Return what is told of a tag."""
        tag = counted.tag
        return cls(id=tag.id, name=tag.name, images=counted.images, created_at=created_at(tag.id))


class Merge(Body):
    """Where a tag goes."""

    into: UUID = Field(description="The tag that stays.")
