"""The model card: the JSON file beside an ONNX file that says what the file is and how to feed it."""

import hashlib
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

CARD_NAME = "model.json"
ONNX_NAME = "model.onnx"
HOW_TO_PREPARE = "run `python -m vision.prepare` and start the service again"
NAME_PATTERN = r"^[a-z0-9_]{1,100}$"
VERSION_PATTERN = r"^[0-9a-f]{12}$"

Precision: TypeAlias = Literal["fp32", "int8"]
Interpolation: TypeAlias = Literal["bilinear", "bicubic"]


class ModelUnavailableError(Exception):
    """No model can be served; the text says why and what to do."""


class UnknownModelError(Exception):
    """There is no such model or version; the text names what there is."""


class Quantisation(BaseModel):
    """How an int8 model was made of the fp32 one, and how far its answers are from that one's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: str = Field(description="In words.")
    source: str = Field(description="Where the photos came from.")
    calibration_photos: int = Field(gt=0, description="Photos that the ranges of the values were taken from.")
    held_out_photos: int = Field(gt=0, description="Other photos, which the two numbers below were measured on.")
    agreement: float = Field(ge=0, le=1, description="Part of them with the same likeliest class as in fp32.")
    confidence_difference: float = Field(ge=0, le=1, description="Of fp32's likeliest class; the mean.")


class ModelCard(BaseModel):
    """What a prepared model is, where it came from and how an image is made ready for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=NAME_PATTERN, description="The architecture, e.g. `resnet18`.")
    weights: str = Field(description="The weights' name, e.g. `IMAGENET1K_V1`.")
    stands_in_for: str | None = Field(description="The model that was wanted and could not be had, if any.")
    source: str = Field(description="Where the weights came from.")
    weights_sha256: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="Of the ONNX file.")
    precision: Precision = Field(description="Of the arithmetic.")
    quantisation: Quantisation | None = Field(description="How it was made int8; null if it is fp32.")
    labels: tuple[str, ...] = Field(min_length=1, description="The classes' names, in the order of the logits.")
    features: int = Field(gt=0, description="Length of the vector that goes into the last layer.")
    resize_size: int = Field(gt=0, description="Pixels of the shorter side after the resize.")
    crop_size: int = Field(gt=0, description="Pixels of each side of the centre crop.")
    interpolation: Interpolation = Field(description="Of the resize.")
    mean: tuple[float, float, float] = Field(description="Per channel, of values from 0 to 1.")
    std: tuple[float, float, float]
    made_with: dict[str, str] = Field(description="Packages that made the file, and their versions.")
    prepared_at: AwareDatetime = Field(description="In UTC.")

    @property
    def version(self) -> str:
        """Twelve hex digits that change whenever the file does."""
        return self.sha256[:12]

    def describe(self) -> str:
        """Return one line for logs and readiness."""
        line = f"{self.name} {self.weights} {self.precision} (version {self.version})"
        return f"{line}, standing in for {self.stands_in_for}" if self.stands_in_for else line


def read_card(folder: Path) -> ModelCard:
    """Read the card in `folder`; raises ModelUnavailableError when it is missing or damaged."""
    path = folder / CARD_NAME
    try:
        return ModelCard.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise ModelUnavailableError(f"There is no model at {folder}; {HOW_TO_PREPARE}") from error
    except (OSError, ValidationError) as error:
        raise ModelUnavailableError(f"{path} is not a model card; {HOW_TO_PREPARE}") from error


def load_card(folder: Path) -> ModelCard:
    """Read the card in `folder` and check the ONNX file against it.

    Raises ModelUnavailableError when either is missing or damaged.
    """
    card = read_card(folder)
    path = folder / ONNX_NAME
    try:
        found = file_sha256(path)
    except OSError as error:
        raise ModelUnavailableError(f"{path} cannot be read ({error.strerror}); {HOW_TO_PREPARE}") from error
    if found != card.sha256:
        raise ModelUnavailableError(f"{path} is damaged: its sha256 is not the card's; {HOW_TO_PREPARE}")
    return card


def file_sha256(path: Path) -> str:
    """Return the hex digest of the file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
