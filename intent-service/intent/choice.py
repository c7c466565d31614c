"""Which version was put into service, and which were before it: kept beside the models, for the next start."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

SERVING: Final = "serving.json"
MAX_PREVIOUS: Final = 100
"""How many of the versions that were in service before are remembered."""

_log = structlog.get_logger(source="models")


class Choice(BaseModel):
    """The version that was chosen, and those before it, the last one last."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    previous: tuple[str, ...] = ()


def read_choice(folder: Path) -> Choice | None:
    """Return what was chosen of the models in `folder`; None if nothing was, or if it cannot be read."""
    path = folder / SERVING
    try:
        return Choice.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        _log.error("the choice of a version cannot be read", file=str(path), reason=type(error).__name__)
        return None


def write_choice(folder: Path, choice: Choice) -> None:
    """Keep `choice` in `folder`, in one step: who reads meanwhile finds the old one or the new one; raises OSError."""
    with NamedTemporaryFile("w", dir=folder, prefix=f".{SERVING}.", encoding="utf-8", delete=False) as file:
        try:
            file.write(choice.model_dump_json(indent=1))
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(folder / SERVING)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise
