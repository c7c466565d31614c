"""Datasets and snapshots."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from catalog.datasets import CountedDataset
from catalog.fields import Text
from catalog.schemas.body import Body
from catalog.schemas.conditions import FilterBody
from catalog.schemas.images import ImageOut
from catalog.schemas.labelings import MAX_IMAGES
from catalog.snapshots import Difference
from catalog.tables import Snapshot
from shared.names import Name
from shared.times import created_at


class NewDataset(Body):
    """A dataset, empty at first."""

    name: Name = Field(examples=["Garden birds"])
    description: Text | None = None


class DatasetChange(Body):
    """What can be changed of a dataset."""

    name: Name | None = None
    description: Text | None = None


class DatasetOut(BaseModel):
    """A dataset."""

    id: UUID
    name: str
    description: str | None
    images: int = Field(description="How many images it has.")
    created_at: datetime

    @classmethod
    def of(cls, counted: CountedDataset) -> "DatasetOut":
        """Return what is told of a dataset."""
        dataset = counted.dataset
        return cls(
            id=dataset.id,
            name=dataset.name,
            description=dataset.description,
            images=counted.images,
            created_at=created_at(dataset.id),
        )


class Selection(Body):
    """Images one by one, or all that fulfil conditions."""

    images: Annotated[list[UUID], Field(min_length=1, max_length=MAX_IMAGES)] | None = None
    filter: FilterBody | None = Field(None, description="An empty one stands for all images.")

    @model_validator(mode="after")
    def _one_of_them(self) -> "Selection":
        if (self.images is None) == (self.filter is None):
            raise ValueError("give either `images` or `filter`")
        return self


class Moved(BaseModel):
    """What became of it."""

    changed: int = Field(description="How many images came or went; the others were where they should be.")


class NewSnapshot(Body):
    """Why the dataset is frozen."""

    comment: Text | None = None


class SnapshotOut(BaseModel):
    """A dataset as it was."""

    id: UUID
    dataset: UUID
    content_hash: str = Field(description="SHA-256 of its NDJSON export, in hexadecimal.")
    images: int
    comment: str | None
    created_at: datetime

    @classmethod
    def of(cls, snapshot: Snapshot) -> "SnapshotOut":
        """Return what is told of a snapshot that has its hash."""
        assert snapshot.content_hash is not None
        return cls(
            id=snapshot.id,
            dataset=snapshot.dataset_id,
            content_hash=snapshot.content_hash.hex(),
            images=snapshot.image_count,
            comment=snapshot.comment,
            created_at=created_at(snapshot.id),
        )


class SnapshotImageOut(BaseModel):
    """An image in a snapshot."""

    image: UUID
    name: str = Field(description="At that time.")
    labeling: int = Field(description="Version of its labels at that time; 0 if it had none.")


class DifferenceOut(BaseModel):
    """An image that two snapshots do not have alike."""

    image: ImageOut
    change: Literal["added", "removed", "relabeled"]
    from_labeling: int | None = Field(description="Null if it was not in the older one.")
    to_labeling: int | None = Field(description="Null if it is not in the newer one.")

    @classmethod
    def of(cls, difference: Difference) -> "DifferenceOut":
        """Return what is told of a difference."""
        return cls(
            image=ImageOut.of(difference.image),
            change=difference.change,
            from_labeling=difference.from_labeling,
            to_labeling=difference.to_labeling,
        )


class DifferencesOut(BaseModel):
    """How many images two snapshots do not have alike."""

    added: int
    removed: int
    relabeled: int
