"""Vectors of texts."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from intent.card import Encoding
from intent.schemas.texts import Text

MAX_EMBEDDED: Final = 256


class Texts(BaseModel):
    """Texts whose vectors are wanted."""

    model_config = ConfigDict(extra="forbid")

    texts: list[Text] = Field(min_length=1, max_length=MAX_EMBEDDED, examples=[["Where is my parcel?"]])
    encoding_format: Literal["float", "base64"] = Field(
        "float", description="`base64` is a quarter of the size: 32-bit floats, little-endian, row after row."
    )


class Embeddings(BaseModel):
    """The vectors, each of length 1, in the order of the texts."""

    version: str = Field(description="Of the model.", examples=["3f1c9a0b7d52"])
    encoder: Encoding
    dimensions: int
    vectors: list[list[float]] | str = Field(description="A list for each text, or all of them in base64.")
