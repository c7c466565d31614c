"""What the Humanloop prediction API answers for a text, checked: nothing of it is taken on trust."""

from dataclasses import dataclass
from typing import Annotated, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

MAX_LABEL_CHARACTERS: Final = 1_000
ROUNDING: Final = 1e-6
"""By which a confidence may leave [0, 1], as sums of 32-bit numbers do."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a service says of a text: its labels, the likeliest first, and how sure it is of each, 0 to 1."""

    labels: tuple[str, ...]
    confidences: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """Why there is no prediction for a text, and whether there may be one when it is asked again."""

    reason: str
    again: bool


Answer: TypeAlias = Prediction | Missing


class _Label(BaseModel):
    model_config = ConfigDict(strict=True)

    label: Annotated[str, Field(max_length=MAX_LABEL_CHARACTERS)] | int
    confidence: float = Field(ge=-ROUNDING, le=1 + ROUNDING, allow_inf_nan=False)


class _Value(BaseModel):
    value: list[_Label] = Field(min_length=1)


class _Row(BaseModel):
    predictions: list[_Value] = Field(min_length=1)


def answer_of(row: object, n_best: int) -> Answer:
    """Return the `n_best` likeliest labels that `row` names, or what is wrong with it."""
    try:
        found = _Row.model_validate(row).predictions[0].value
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the row"
        return Missing(f"The prediction API's answer cannot be used: {where}: {first['msg']}.", again=True)
    best = sorted(found, key=lambda each: -each.confidence)[:n_best]
    labels = tuple(str(each.label) for each in best)
    if len(set(labels)) < len(labels):
        return Missing("The prediction API's answer cannot be used: it names a label twice.", again=True)
    return Prediction(labels, tuple(min(max(each.confidence, 0.0), 1.0) for each in best))
