"""Intents of one text or of many, and what they rest on."""

from typing import Annotated, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from intent.labels import Label
from intent.schemas.texts import MAX_TEXTS, Text

MAX_BEST: Final = 50


def _no_text(value: object) -> object:
    if isinstance(value, str | bool):
        raise PydanticCustomError("int_type", "Input should be a valid integer")
    return value


WholeNumber = Annotated[int, BeforeValidator(_no_text)]
"""Also 3.0, which is a whole number in JSON, but not "3"."""


class Which(BaseModel):
    """Which version is to answer."""

    version: str | SkipJsonSchema[None] = Field(None, max_length=100, description="By default the one in service.")


class Question(Which):
    """A text in the query string."""

    query: Text = Field(examples=["Where is my parcel?"])


class Intent(BaseModel):
    """The likeliest intent of a text."""

    intent: Label = Field(description="As it stands in the data: a number stays a number.", examples=[26])
    probability: str = Field(
        pattern=r"^[01]\.[0-9]{8}$", description="Calibrated, with eight decimals.", examples=["0.73356545"]
    )


class Questions(BaseModel):
    """Either `text` or `texts`; only of one `text` an answer is explained."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "oneOf": [
                {"required": ["text"], "not": {"required": ["texts"]}},
                {"required": ["texts"], "not": {"required": ["text"]}, "properties": {"explain": {"const": False}}},
            ]
        },
    )

    text: Text = Field(default_factory=str, examples=["Where is my parcel?"])
    texts: list[Text] = Field(
        default_factory=list, min_length=1, max_length=MAX_TEXTS, description=f"Up to {MAX_TEXTS:,} texts."
    )
    n_best: WholeNumber = Field(3, ge=1, le=MAX_BEST, description="How many intents at most.")
    explain: Annotated[bool, Field(strict=True)] = Field(
        False, description="Tell also which words the answer rests on, and which training examples are most like it."
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if bool(self.text) == bool(self.texts):
            raise PydanticCustomError("one_of_two", "Send either `text`, a string, or `texts`, a list of strings")
        if self.explain and not self.text:
            raise PydanticCustomError("one_text", "Only one text can be explained: send it as `text`")
        return self

    @property
    def all_texts(self) -> list[str]:
        """The texts, in order."""
        return [self.text] if self.text else self.texts


class RankedIntent(BaseModel):
    """One intent and how sure the model is of it."""

    label: Label = Field(description="As it stands in the data.", examples=["track_order"])
    confidence: float = Field(ge=0, le=1, description="Calibrated probability among the model's intents.")


class WordOut(BaseModel):
    """A word of the text."""

    text: str = Field(description="The word; of a long text some neighbouring ones.")
    weight: float = Field(description="How much less likely the first intent is without it; below 0: more likely.")


class NeighbourOut(BaseModel):
    """A training example that is like the text."""

    text: str
    label: Label
    similarity: float = Field(ge=0, le=1, description="The cosine of the TF-IDF vectors.")


class Result(BaseModel):
    """What the model says of one text."""

    intents: list[RankedIntent] = Field(description="The likeliest first.")
    out_of_scope: bool | None = Field(description="Whether the text has none of the intents; null if it cannot tell.")
    scope_score: float = Field(description="The lower, the less the text is like those of any intent.")


class Explained(Result):
    """What the model says of one text, and why."""

    words: list[WordOut] = Field(description="All words, in the text's order.")
    neighbours: list[NeighbourOut] = Field(description="The nearest first; empty if the model keeps no texts.")


class Results(BaseModel):
    """What the model says of each text, in the order they were sent."""

    version: str = Field(description="Of the model.", examples=["3f1c9a0b7d52"])
    results: list[Explained | Result]
