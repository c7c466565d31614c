"""Which version was put into service, and which were before it: kept beside the models, for the next start."""

from pathlib import Path
from typing import Final

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from intent.writing import write_whole

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
    """Keep `choice` in `folder`, in one step; raises OSError."""
    write_whole(folder / SERVING, choice.model_dump_json(indent=1))
