"""Images."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from catalog.fields import HttpUrl, MediaType
from catalog.schemas.body import Body
from catalog.tables import Image
from shared.names import Name
from shared.times import created_at


class NewImage(Body):
    """An image that is registered by its URL, which is not fetched."""

    name: Name = Field(examples=["dog.jpg"])
    url: HttpUrl = Field(examples=["https://images.example.org/dog.jpg"])
    type: MediaType = Field(description="Media type.", examples=["image/jpeg"])


class ImageChange(Body):
    """What can be changed of an image."""

    name: Name


class ImageOut(BaseModel):
    """An image."""

    id: UUID
    name: str
    url: str | None = Field(description="Where it is; null if it was uploaded.")
    type: str = Field(description="Media type, of uploaded images as their content says.")
    sha256: str | None = Field(description="Hash of its bytes, in hexadecimal; null if only the URL is known.")
    size: int | None = Field(description="Of its bytes.")
    width: int | None = Field(description="In pixels, upright.")
    height: int | None = Field(description="In pixels, upright.")
    perceptual_hash: str | None = Field(description="64 bits in hexadecimal; similar images differ in few of them.")
    labeling: int = Field(description="Version of its latest labeling; 0 if it has none.")
    created_at: datetime

    @classmethod
    def of(cls, image: Image) -> "ImageOut":
        """Return what is told of `image`."""
        bits = image.perceptual_hash
        return cls(
            id=image.id,
            name=image.name,
            url=image.url,
            type=image.type,
            sha256=None if image.sha256 is None else image.sha256.hex(),
            size=image.size,
            width=image.width,
            height=image.height,
            perceptual_hash=None if bits is None else f"{bits & (1 << 64) - 1:016x}",
            labeling=image.version,
            created_at=created_at(image.id),
        )
