"""The model card: what training leaves beside a model's file, and serving shows and warns by."""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, Field, ValidationError

from crystal.models.base import ModelFileError


class Feature(BaseModel):
    """One measured quantity and the range that training saw of it."""

    name: str
    minimum: float
    maximum: float

    @property
    def plausible(self) -> tuple[float, float]:
        """The training range widened by half its width on either side."""
        margin = (self.maximum - self.minimum) / 2
        return self.minimum - margin, self.maximum + margin


class ModelCard(BaseModel):
    """What is known of a model besides its weights."""

    trained_on: str = Field(description="The data in words.")
    features: list[Feature]
    metrics: dict[str, float] = Field(description="Measured on the held-out split.")

    def save(self, model: Path) -> None:
        """Write the card beside the file of its model."""
        _beside(model).write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, model: Path) -> Self | None:
        """Read the card beside the file `model`; None where there is none."""
        try:
            return cls.model_validate_json(_beside(model).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (ValidationError, OSError, UnicodeDecodeError) as error:
            raise ModelFileError(f"{_beside(model)} is not a model card: {error}") from error


def _beside(model: Path) -> Path:
    return model.with_suffix(".json")
