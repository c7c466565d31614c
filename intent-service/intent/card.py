"""What a model's folder says of the model: its labels, its thresholds, and what it was made of."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from intent.labels import Label

CARD: Final = "card.json"
TENSORS: Final = "tensors.safetensors"
EXAMPLES: Final = "examples.jsonl"
METRICS: Final = "metrics.json"
REPORT: Final = "report.html"
NETWORK: Final = "encoder.onnx"
TOKENIZER: Final = "tokenizer.json"
KNOTS: Final = (-1.0, -0.5, 0.0, 0.5, 1.0)
"""Margins of support vector machines are about -1 for another label and 1 for the right one."""


class ModelUnavailableError(Exception):
    """There is no model, or its folder cannot be served."""


class Calibration(BaseModel):
    """How margins become probabilities: by the softmax of a function that rises with the margin in straight pieces.

    `slopes` are those below the first of `KNOTS`, between each two of them, and beyond the last.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    slopes: Sequence[Annotated[float, Field(gt=0, allow_inf_nan=False)]] = Field(
        min_length=len(KNOTS) + 1, max_length=len(KNOTS) + 1
    )


class Encoding(BaseModel):
    """Where a sentence encoder comes from; `weights_sha256` is over its weights as they are in the model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    finetuned: bool
    weights_sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Card(BaseModel):
    """A model; `version` is the beginning of a SHA-256 over its tensors and what else decides over its answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = Field(pattern="^[0-9a-f]{12}$")
    created_at: datetime
    labels: Sequence[Label] = Field(min_length=2)
    calibration: Calibration
    scope_threshold: float | None = Field(
        allow_inf_nan=False,
        description="Below this score a text is out of scope; null if no such text was there to tell.",
    )
    encoder: Encoding | None = Field(None, description="Of sentences; null if the model has none.")
    data_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    training_rows: int = Field(ge=1)
    seed: int
    accuracy: float | None = Field(None, ge=0, le=1, description="On the test part, which nothing was chosen by.")
    packages: dict[str, str]


def read_card(folder: Path) -> Card:
    """Return the card of the model in `folder`; raises ModelUnavailableError."""
    try:
        return Card.model_validate_json((folder / CARD).read_bytes())
    except OSError as error:
        raise ModelUnavailableError(
            f"{folder} has no {CARD}: train a model with `python -m intent.training run`."
        ) from error
    except ValidationError as error:
        raise ModelUnavailableError(f"{folder / CARD} is damaged, or of another version of this software.") from error
