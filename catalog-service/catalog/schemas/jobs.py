"""Background jobs."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from catalog.jobs import Status
from catalog.tables import Job, JobError
from catalog.times import created_at


class JobOut(BaseModel):
    """Work that outlives its request."""

    id: UUID
    kind: str = Field(description="`import`, `suggest`, `snapshot`, `add_images` or `remove_images`.")
    status: Status
    total: int | None = Field(description="How many rows or images there are; null while that is not known.")
    done: int = Field(
        description="Rows or images that are done: of a snapshot those that are hashed, anew after a crash; "
        "of images that a filter adds or removes those that it found, whether or not they were where they should be."
    )
    failed: int = Field(description="Rows or images that could not be; `/jobs/{id}/errors` says why.")
    progress: float | None = Field(description="0 to 1.")
    error: str | None = Field(description="Why the job as a whole failed.")
    result: dict[str, str | int] | None = Field(
        description="What came of it, null until something has: of a snapshot its id as `snapshot`; of images that a "
        "filter adds or removes how many came or went so far as `changed`."
    )
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, job: Job) -> "JobOut":
        """Return what is told of `job`."""
        return cls(
            id=job.id,
            kind=job.kind,
            status=job.status,
            total=job.total,
            done=job.done,
            failed=job.failed,
            progress=_progress(job),
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


def _progress(job: Job) -> float | None:
    if job.status == "succeeded":
        return 1.0
    if job.kind == "import" and job.request["size"]:
        offset: int = job.position.get("offset", 0)
        return min(1.0, offset / int(job.request["size"]))
    return min(1.0, (job.done + job.failed) / job.total) if job.total else None
