"""What is known of a training: what was asked for, how far it is, and what came of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from intent.retraining.messages import Result

MAX_STEPS: Final = 200
"""Of a training, that are kept: the last ones."""
MAX_TOLD: Final = 2_000
"""Characters of a step or of a reason that are kept."""

Status: TypeAlias = Literal["queued", "running", "succeeded", "failed", "cancelled"]
EncoderName: TypeAlias = Literal["minilm", "minilm-finetuned"]


class Wanted(BaseModel):
    """What is to be trained."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = 0
    encoder: EncoderName | None = None

    @property
    def arguments(self) -> Sequence[str]:
        """What says so to `python -m intent.training run`."""
        name, _, finetuned = (self.encoder or "").partition("-")
        encoder = ["--encoder", name] if name else []
        return ["--seed", str(self.seed), *encoder, *(["--finetune"] if finetuned else [])]


class TakenStep(BaseModel):
    """A step, and how many seconds after the run's start it began."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    seconds: float


class Training(BaseModel):
    """A training; `attempts` counts the runs that were begun, as one that ended with the service begins anew."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID
    wanted: Wanted
    sha256: str
    size: int
    key: str | None = None
    status: Status = "queued"
    attempts: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    steps: tuple[TakenStep, ...] = ()
    result: Result | None = None
    error: str | None = None

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will change."""
        return self.status in {"succeeded", "failed", "cancelled"}

    @property
    def seconds(self) -> float | None:
        """How long the run took, or has taken so far; None if there is none yet."""
        if self.started_at is None:
            return None
        return max(0.0, ((self.ended_at or datetime.now(UTC)) - self.started_at).total_seconds())

    def queued(self, attempts: int) -> "Training":
        """Return it as it is before a run."""
        before = {"status": "queued", "attempts": attempts, "started_at": None, "steps": ()}
        return self.model_copy(update=before)

    def begun(self) -> "Training":
        """Return it as it is when a run begins."""
        now = {"status": "running", "attempts": self.attempts + 1, "started_at": datetime.now(UTC), "steps": ()}
        return self.model_copy(update=now)

    def with_step(self, text: str) -> "Training":
        """Return it with the step that begins now."""
        step = TakenStep(text=text[:MAX_TOLD], seconds=round(self.seconds or 0, 1))
        return self.model_copy(update={"steps": (*self.steps, step)[-MAX_STEPS:]})

    def ended(self, status: Status, *, result: Result | None = None, error: str | None = None) -> "Training":
        """Return it as it is at its end."""
        reason = error[:MAX_TOLD] if error else None
        return self.model_copy(
            update={"status": status, "ended_at": datetime.now(UTC), "result": result, "error": reason}
        )
