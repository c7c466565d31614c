"""The model card: the JSON file beside an ONNX file that says what the file is and how to feed it."""

import hashlib
from pathlib import Path
from tempfile import NamedTemporaryFile

from pydantic import BaseModel, ConfigDict, Field, ValidationError

CARD_NAME = "model.json"
HOW_TO_PREPARE = "run `python -m vision.prepare` and start the service again"


class ModelUnavailableError(Exception):
    """No model can be served; the text says why and what to do."""


class ModelCard(BaseModel):
    """What a prepared model is, where it came from and how an image is made ready for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="The architecture, e.g. `resnet18`.")
    weights: str = Field(description="The weights' name, e.g. `IMAGENET1K_V1`.")
    stands_in_for: str | None = Field(description="The model that was wanted and could not be had, if any.")
    source: str = Field(description="Where the weights came from.")
    weights_sha256: str
    file: str = Field(pattern=r"^[\w-][\w.-]*\.onnx$", description="The ONNX file, in the card's own folder.")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="Of the ONNX file.")
    labels: tuple[str, ...] = Field(min_length=1, description="The classes' names, in the order of the logits.")
    resize_size: int = Field(gt=0, description="Pixels of the shorter side after the resize.")
    crop_size: int = Field(gt=0, description="Pixels of each side of the centre crop.")
    mean: tuple[float, float, float] = Field(description="Per channel, of values from 0 to 1.")
    std: tuple[float, float, float]
    made_with: dict[str, str] = Field(description="Packages that made the file, and their versions.")

    @property
    def version(self) -> str:
        """Twelve hex digits that change whenever the file does."""
        return self.sha256[:12]

    def describe(self) -> str:
        """Return one line for logs and readiness."""
        line = f"{self.name} {self.weights} (version {self.version})"
        return f"{line}, standing in for {self.stands_in_for}" if self.stands_in_for else line


def load_card(folder: Path) -> ModelCard:
    """Read the card in `folder` and check the ONNX file against it.

    Raises ModelUnavailableError when either is missing or damaged.
    """
    card = _read_card(folder / CARD_NAME)
    path = folder / card.file
    try:
        found = file_sha256(path)
    except OSError as error:
        raise ModelUnavailableError(f"{path} cannot be read ({error.strerror}); {HOW_TO_PREPARE}") from error
    if found != card.sha256:
        raise ModelUnavailableError(f"{path} is damaged: its sha256 is not the card's; {HOW_TO_PREPARE}")
    return card


def save_card(card: ModelCard, folder: Path) -> None:
    """Write the card in one step: a reader sees the old one or the new one, never a part."""
    with NamedTemporaryFile("w", dir=folder, prefix=".model-", delete=False, encoding="utf-8") as file:
        file.write(card.model_dump_json(indent=1) + "\n")
    temporary = Path(file.name)
    temporary.chmod(0o644)
    temporary.replace(folder / CARD_NAME)


def file_sha256(path: Path) -> str:
    """Return the hex digest of the file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_card(path: Path) -> ModelCard:
    try:
        return ModelCard.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise ModelUnavailableError(f"There is no model at {path.parent}; {HOW_TO_PREPARE}") from error
    except (OSError, ValidationError) as error:
        raise ModelUnavailableError(f"{path} is not a model card; {HOW_TO_PREPARE}") from error
