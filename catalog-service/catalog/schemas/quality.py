"""Agreement between people, and near-duplicates."""

from uuid import UUID

from pydantic import BaseModel, Field

from catalog.agreement import Coefficient
from catalog.schemas.images import ImageOut
from catalog.schemas.tags import TagRef


class CoefficientOut(BaseModel):
    """Agreement beyond chance: 1 is perfect, 0 is what chance gives."""

    value: float | None
    undefined: str | None = Field(description="Why there is no value.")

    @classmethod
    def of(cls, coefficient: Coefficient) -> "CoefficientOut":
        """Return what is told of `coefficient`."""
        return cls(value=coefficient.value, undefined=coefficient.undefined)


class PairOut(BaseModel):
    """Cohen's kappa of two people on one tag."""

    authors: tuple[str, str]
    images: int = Field(description="Images that both said something of.")
    raw_agreement: float
    kappa: CoefficientOut


class TagAgreementOut(BaseModel):
    """How far people agree on one tag."""

    tag: TagRef
    images: int = Field(description="Images that two or more people said something of.")
    ratings: int
    raw_agreement: float | None = Field(description="Share of pairs of ratings that say the same; chance included.")
    alpha: CoefficientOut = Field(description="Krippendorff's alpha.")
    mean_kappa: CoefficientOut = Field(description="Cohen's kappa, the mean over the pairs by their images.")
    pairs: list[PairOut]


class DisputeOut(BaseModel):
    """Who said what of one tag."""

    tag: TagRef
    present: list[str] = Field(description="Authors who saw it.")
    absent: list[str] = Field(description="Authors who looked for it in vain.")


class DisputedImage(BaseModel):
    """An image that people disagree on."""

    image: UUID
    score: float = Field(description="Mean share of pairs of ratings that differ, over its tags.")
    tags: int = Field(description="Tags that two or more people said something of.")
    disputes: list[DisputeOut]


class AgreementOut(BaseModel):
    """How far people agree on the images of a dataset."""

    tags: list[TagAgreementOut] = Field(description="By name.")
    disputed: list[DisputedImage] = Field(description="The images that people disagree on most, first.")


class DuplicateOut(BaseModel):
    """A near-duplicate."""

    image: ImageOut
    distance: int = Field(description="In how many of 64 bits the perceptual hashes differ.")


class DuplicatesOut(BaseModel):
    """The near-duplicates of an image."""

    items: list[DuplicateOut] = Field(description="The nearest first.")


class GroupOut(BaseModel):
    """Images of which each is a near-duplicate of another one in the group."""

    size: int
    images: list[UUID] = Field(description="The first 1,000.")


class GroupsOut(BaseModel):
    """Near-duplicates in a dataset."""

    groups: int = Field(description="How many groups there are.")
    items: list[GroupOut] = Field(description="The largest first.")
