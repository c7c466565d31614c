"""What goes in and comes out over HTTP."""

from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, FailFast, Field, ValidationError, WrapValidator, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from crystal.card import Feature
from crystal.models import MODELS
from crystal.models.base import Rows

MAX_ROWS = 200_000
MAX_VALUE = 1e30
"""Beyond it single precision overflows inside a model, and its answer would not be a number."""
EXAMPLE = [[0.92, 0.12, 0.31, 0.09], [0.31, 0.54, 0.78, 0.17]]


class UnknownModelError(Exception):
    """`/astromech` was asked for a model that is not served."""


def _name_row_and_column(value: object, validate: Any) -> object:  # noqa: ANN401 pydantic's handler
    try:
        return validate(value)
    except ValidationError as error:
        details = [
            InitErrorDetails(
                type=PydanticCustomError(e["type"], "{message}", {"message": _cell(e["loc"]) + e["msg"]}),
                loc=e["loc"],
                input=None,
            )
            for e in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        raise ValidationError.from_exception_data(error.title, details) from None


def _cell(loc: tuple[str | int, ...]) -> str:
    place = ", ".join(f"{name} {index}" for name, index in zip(("row", "column"), loc, strict=False))
    return f"{place}: " if place else ""


Value = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-MAX_VALUE, le=MAX_VALUE)]
Crystal = Annotated[
    tuple[Value, Value, Value, Value],
    Field(description="Sepal length, sepal width, petal length and petal width, in cm."),
]
Batch = Annotated[
    list[Crystal],
    FailFast(),
    Field(min_length=1, max_length=MAX_ROWS, description="One crystal a row.", examples=[EXAMPLE]),
    WrapValidator(_name_row_and_column),
]


class CrystalRequest(BaseModel):
    """A batch of crystals."""

    crystal_data: Batch = Field(alias="crystalData")

    @property
    def rows(self) -> Rows:
        """The batch as an array, shape (rows, 4)."""
        return np.array(self.crystal_data, dtype=np.float64)


class AstromechRequest(CrystalRequest):
    """A batch of crystals and the model that shall score it."""

    model: str = Field(description="The model's name.", examples=["pytorch"], json_schema_extra={"enum": list(MODELS)})

    @model_validator(mode="before")
    @classmethod
    def _model_is_known(cls, data: Any) -> Any:  # noqa: ANN401 not validated yet
        # Before the data is looked at: a device that asks for a wrong model shall learn that first.
        if isinstance(data, dict) and "model" in data and data["model"] not in tuple(MODELS):
            raise UnknownModelError(f"model must be one of {', '.join(MODELS)}.")
        return data


class PredictionAnswer(BaseModel):
    """The most likely label and every label's probability, row by row."""

    prediction: list[str] = Field(examples=[["blue", "blue"]])
    scores: list[dict[str, float]] = Field(
        examples=[
            [
                {"blue": 0.9927762681, "green": 0.0072237185, "yellow": 1.34e-8},
                {"blue": 0.9924662917, "green": 0.0075336353, "yellow": 7.29e-8},
            ]
        ]
    )


class OutOfRangeWarning(BaseModel):
    """In the header `Crystal-Warnings`: a feature far outside the range seen in training."""

    feature: str
    minimum: float
    maximum: float
    rows: int = Field(description="How many rows are concerned.")
    first_row: int
    value: float = Field(description="The value in the first of them.")


class ServedModel(BaseModel):
    """A model as it is served."""

    name: str
    kind: str | None = Field(None, examples=["scikit-learn LogisticRegression"])
    version: str | None = Field(None, description="The first 12 hex digits of the file's SHA-256.")
    ready: bool
    reason: str | None = Field(None, description="Why the model is not ready.")
    labels: list[str] = []
    features: list[Feature] = Field([], description="Names and the ranges seen in training, where known.")
    trained_on: str | None = None
    metrics: dict[str, float] = {}


class ServedModels(BaseModel):
    """Every model, ready or not."""

    models: list[ServedModel]
