"""What is asked of images, as a query or in a body."""

from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from catalog.conditions import Conditions
from catalog.fields import MediaType, Time
from shared.names import Name

MAX_TAGS: Final = 10
Names = Annotated[list[Name], Field(max_length=MAX_TAGS)]


class Filter(BaseModel):
    """What is asked of an image; all of it together."""

    tag: Names = Field([], description="Tags that it has.")
    absent: Names = Field([], description="Tags that were looked for on it and are not there.")
    unknown: Names = Field([], description="Tags that nobody has looked for on it, and that it does not have.")
    dataset: UUID | None = Field(None, description="The dataset that it is in.")
    text: Name | None = Field(None, description="Words of its name, without regard to case.")
    type: MediaType | None = Field(None, description="Its media type.")
    labeled: bool | None = Field(None, description="Whether anybody has labeled it.")
    since: Time | None = Field(None, description="Registered at this time or later.")
    before: Time | None = Field(None, description="Registered before this time.")

    @property
    def conditions(self) -> Conditions:
        """The same as the operations have it."""
        return Conditions(
            present=tuple(self.tag),
            absent=tuple(self.absent),
            unknown=tuple(self.unknown),
            dataset_id=self.dataset,
            text=self.text,
            type=self.type,
            labeled=self.labeled,
            since=self.since,
            before=self.before,
        )


class FilterBody(Filter):
    """The same in a body, where what it does not know is refused here and not by the route."""

    model_config = ConfigDict(extra="forbid")
