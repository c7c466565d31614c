"""The stages of an analysis, in their order; each reads what those before it wrote into the folder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from debugger.analysis.folder import Folder
from debugger.issues.base import Issue


@dataclass(frozen=True)
class Outcome:
    """What a stage found."""

    arrays: Sequence[str] = ()
    """Those in the folder that are to be stored."""

    kind: str | None = None
    issues: Sequence[Issue] = ()
    metrics: dict[str, Any] | None = None


@dataclass(frozen=True)
class Stage:
    """A part of the work, and how much of it that is beside the others."""

    name: str
    weight: float
    compute: Callable[[Folder], Outcome]


STAGES: Final[tuple[Stage, ...]] = ()


def run(stage: int, path: Path) -> Outcome:
    """Compute a stage: what a process is started for."""
    return STAGES[stage].compute(Folder(path))


_ = (field, partial)
