"""Trainings on behalf of clients."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from intent.retraining.trainings import EncoderName, Status, Training
from shared.times import created_at


class StepOut(BaseModel):
    """A step of the run."""

    text: str = Field(examples=["Fitting all of them"])
    seconds: float = Field(description="From the run's start to the step's.")


class TrainingOut(BaseModel):
    """A training: what was asked for, how far it is, and what came of it."""

    id: UUID
    status: Status
    created_at: datetime
    started_at: datetime | None = Field(description="When the run began; null while it waits.")
    ended_at: datetime | None
    seconds: float | None = Field(description="Of the run, so far or in all; null while it waits.")
    steps: list[StepOut] = Field(description="What the run has begun so far; the last one is under way.")
    version: str | None = Field(description="Of the model; served, but not promoted.", examples=["3f1c9a0b7d52"])
    training_rows: int | None = Field(description="Rows that the model was fitted on.")
    rejected_rows: int | None = Field(description="Rows that were not taken.")
    first_rejection: str | None = Field(description="Which row was the first of these, and why.")
    error: str | None = Field(description="Why there is no model.")
    seed: int
    encoder: EncoderName | None
    data_sha256: str = Field(description="Of the body that was sent.")
    data_bytes: int

    @classmethod
    def of(cls, training: Training) -> "TrainingOut":
        """Return what is told of `training`."""
        result, seconds = training.result, training.seconds
        return cls(
            id=training.id,
            status=training.status,
            created_at=created_at(training.id),
            started_at=training.started_at,
            ended_at=training.ended_at,
            seconds=None if seconds is None else round(seconds, 1),
            steps=[StepOut(text=step.text, seconds=step.seconds) for step in training.steps],
            version=result.version if result else None,
            training_rows=result.rows if result else None,
            rejected_rows=result.rejected if result else None,
            first_rejection=result.first_rejection if result else None,
            error=training.error,
            seed=training.wanted.seed,
            encoder=training.wanted.encoder,
            data_sha256=training.sha256,
            data_bytes=training.size,
        )
