"""Predictions in the shape of the Humanloop prediction API."""

from typing import Annotated, Final

from pydantic import BaseModel, Field

from intent.schemas.intents import WholeNumber
from intent.schemas.texts import Text

MAX_ROWS: Final = 20
MAX_LABELS: Final = 1_000
"""Of a text: with so few texts all that most models know."""


class Row(BaseModel):
    """One text; whatever else it has is not looked at."""

    text: Text


class Rows(BaseModel):
    """Up to 20 texts."""

    data: Annotated[list[Row], Field(min_length=1, max_length=MAX_ROWS)]
    n_best: WholeNumber = Field(1, ge=1, le=MAX_LABELS, description="How many labels at most.")


class LabelOut(BaseModel):
    """One label and how sure the model is of it."""

    label: str = Field(description="Always a string.")
    confidence: float = Field(ge=0, le=1)


class Value(BaseModel):
    """The labels of one text, the likeliest first."""

    value: list[LabelOut]


class Prediction(BaseModel):
    """What the model says of one text."""

    predictions: list[Value]
