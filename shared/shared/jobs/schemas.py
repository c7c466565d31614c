"""What is told of jobs."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from shared.jobs import Status
from shared.jobs.tables import Job, JobError
from shared.times import created_at


class JobOut(BaseModel):
    """Work that outlives its request."""

    id: UUID
    kind: str = Field(description="Which work it is, such as `import`.")
    status: Status
    total: int | None = Field(description="How much there is to do, such as rows; null while that is not known.")
    done: int = Field(description="How much of it is done; a step that a crash interrupted is counted anew.")
    failed: int = Field(description="What could not be done; `/jobs/{id}/errors` says why.")
    progress: float | None = Field(description="0 to 1; null while it cannot be told.")
    seconds_left: float | None = Field(description="By the pace so far; null while it cannot be told.")
    error: str | None = Field(description="Why the job as a whole failed.")
    result: dict[str, Any] | None = Field(description="What came of it; null until something has.")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, job: Job) -> "JobOut":
        """Return what is told of `job`."""
        progress = progress_of(job)
        return cls(
            id=job.id,
            kind=job.kind,
            status=job.status,
            total=job.total,
            done=job.done,
            failed=job.failed,
            progress=progress,
            seconds_left=_seconds_left(job, progress),
            error=job.error,
            result=job.result,
            created_at=created_at(job.id),
            started_at=job.started_at,
            finished_at=job.finished_at,
        )


class JobErrorOut(BaseModel):
    """What a job could not do."""

    number: int = Field(description="Which row or image of the job, counted from 1.")
    subject: str = Field(description="The row's beginning, or the image's id.")
    message: str

    @classmethod
    def of(cls, error: JobError) -> "JobErrorOut":
        """Return what is told of `error`."""
        return cls(number=error.number, subject=error.subject, message=error.message)


def progress_of(job: Job) -> float | None:
    """Return how far the job is, from 0 to 1: as its position says, or by what is done of the total."""
    if job.status == "succeeded":
        return 1.0
    if job.started_at is None:
        return 0.0
    if "progress" in job.position:
        return min(1.0, float(job.position["progress"]))
    return min(1.0, (job.done + job.failed) / job.total) if job.total else None


def _seconds_left(job: Job, progress: float | None) -> float | None:
    if job.status != "running" or job.started_at is None or not progress:
        return None
    spent = (datetime.now(UTC) - job.started_at).total_seconds()
    return round(spent * (1 - progress) / progress, 1)
