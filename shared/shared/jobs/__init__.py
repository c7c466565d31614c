"""Work that outlives its request: in steps, each of which is done wholly or not at all, and once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final, Literal
from uuid import UUID

import structlog
from sqlalchemy import insert, text, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from shared.database import Database, DatabaseUnavailableError
from shared.jobs.queue import RetryLaterError, enqueue, is_queued
from shared.jobs.tables import UNFINISHED, Job, JobError
from shared.refusals import ConflictError, NotFoundError, RefusalError, ServiceUnavailableError

MAX_ERRORS: Final = 10_000
"""So many are reported of one job; all are counted."""

RETRY_SECONDS: Final = 5

Status = Literal["queued", "running", "succeeded", "failed", "cancelled"]

_OVER: Final = MappingProxyType(
    {
        "succeeded": "The job is over: it has succeeded.",
        "failed": "The job is over: it failed.",
        "cancelled": "The job is over: it was cancelled.",
    }
)

_log = structlog.get_logger(source="jobs")


class OutdatedStepError(RefusalError):
    """What the step was prepared for is no longer so; it is to be prepared anew."""


@dataclass(frozen=True)
class Failure:
    """What could not be done: the number of the row or image in the job, what it is, and why."""

    number: int
    subject: str
    message: str


async def _nothing(_: AsyncSession) -> None: ...


@dataclass(frozen=True)
class Step:
    """Part of a job: what it writes, and how far the job is then."""

    position: dict[str, Any]
    write: Callable[[AsyncSession], Awaitable[None]] = _nothing
    """Raises OutdatedStepError, or what fails the job; nothing where only the position changes."""
    done: int = 0
    failures: Sequence[Failure] = field(default_factory=tuple)


Steps = Callable[[Job], Awaitable[Step | None]]
"""Prepares the step after the job's position, None when there is nothing left to do.

It writes nothing that the job depends on, so that it can be given up at any time.
"""


async def create(
    session: AsyncSession, kind: str, request: dict[str, Any], total: int | None, idempotency_key: str | None = None
) -> Job:
    """Queue a job; it is begun when the transaction is committed."""
    job = Job(kind=kind, request=request, total=total, idempotency_key=idempotency_key)
    session.add(job)
    await session.flush()
    await enqueue(session, kind, job.id)
    return job


async def get(session: AsyncSession, job_id: UUID) -> Job:
    """Return the job; raises NotFoundError."""
    job = await session.get(Job, job_id)
    if job is None:
        raise NotFoundError(f"No job has the id {job_id}.")
    return job


async def with_key(session: AsyncSession, idempotency_key: str) -> Job | None:
    """Return the job that was created with this key."""
    return (await session.exec(select(Job).where(Job.idempotency_key == idempotency_key))).first()


async def hold_key(session: AsyncSession, idempotency_key: str) -> None:
    """Let nobody else create a job with this key before the transaction ends."""
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 1))"), {"key": idempotency_key})


async def list_jobs(session: AsyncSession, before: UUID | None, limit: int) -> Sequence[Job]:
    """Return at most `limit` jobs, the newest first."""
    query = select(Job)
    if before is not None:
        query = query.where(Job.id < before)
    return (await session.exec(query.order_by(col(Job.id).desc()).limit(limit))).all()


async def list_errors(session: AsyncSession, job_id: UUID, after: int | None, limit: int) -> Sequence[JobError]:
    """Return at most `limit` of what the job could not do, in order; raises NotFoundError."""
    await get(session, job_id)
    query = select(JobError).where(JobError.job_id == job_id)
    if after is not None:
        query = query.where(JobError.number > after)
    return (await session.exec(query.order_by(col(JobError.number)).limit(limit))).all()


async def cancel(session: AsyncSession, job_id: UUID) -> Job:
    """Stop the job after its present step; what is done stays. Raises NotFoundError, ConflictError."""
    job = await _held(session, job_id)
    if job is None:
        raise NotFoundError(f"No job has the id {job_id}.")
    if job.status not in UNFINISHED:
        raise ConflictError(_OVER[job.status])
    _end(job, "cancelled")
    return job


async def report(session: AsyncSession, job: Job, done: int) -> bool:
    """Say how much is done while a long step is prepared; return whether it is still wanted.

    It is not once the job was cancelled, or somebody else has gone on with it.
    """
    same_step = (col(Job.id) == job.id, col(Job.status) == "running", col(Job.position) == job.position)
    reported = await session.execute(update(Job).where(*same_step).values(done=done).returning(col(Job.id)))
    return reported.first() is not None


async def enqueue_lost(session: AsyncSession) -> None:
    """Queue the unfinished jobs again that the queue has lost."""
    query = select(Job).where(col(Job.status).in_(UNFINISHED), ~is_queued(col(Job.id)))
    for job in await session.exec(query.with_for_update(skip_locked=True)):
        _log.warning("job was lost", job=str(job.id))
        await enqueue(session, job.kind, job.id)


async def run(database: Database, job_id: UUID, steps: Steps, stopping: asyncio.Event) -> None:
    """Do the job's steps from where it is until it is done, or until `stopping`.

    Raises RetryLaterError where it is to be gone on with later.
    """
    try:
        await _run_or_fail(database, job_id, steps, stopping)
    except (ServiceUnavailableError, DatabaseUnavailableError) as error:
        raise RetryLaterError(str(error), RETRY_SECONDS) from error


async def _run_or_fail(database: Database, job_id: UUID, steps: Steps, stopping: asyncio.Event) -> None:
    try:
        await _do_steps(database, job_id, steps, stopping)
    except (ServiceUnavailableError, DatabaseUnavailableError, RetryLaterError):
        raise
    except RefusalError as error:
        await _fail(database, job_id, str(error))
    except Exception:  # noqa: BLE001 whatever it is, the job must not stay `running`
        _log.exception("job failed", job=str(job_id))
        await _fail(database, job_id, "The job failed; the service's log has the cause.")


async def _do_steps(database: Database, job_id: UUID, steps: Steps, stopping: asyncio.Event) -> None:
    job = await _begin(database, job_id)
    while job is not None:
        step = await _prepare(steps, job, stopping)
        try:
            job = await _advance(database, job, step)
        except OutdatedStepError as error:
            _log.info("step is prepared anew", job=str(job_id), reason=str(error))


async def _prepare(steps: Steps, job: Job, stopping: asyncio.Event) -> Step | None:
    """Return the next step; raises RetryLaterError, without waiting for it, as soon as the worker stops."""
    preparing = asyncio.ensure_future(steps(job))
    stop = asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait((preparing, stop), return_when=asyncio.FIRST_COMPLETED)
        if stop.done():
            raise RetryLaterError("The worker stops.")
        return preparing.result()
    finally:
        preparing.cancel()
        stop.cancel()
        await asyncio.gather(preparing, stop, return_exceptions=True)


async def _held(session: AsyncSession, job_id: UUID) -> Job | None:
    """Return the job as it is once nobody else changes it, whatever the session has seen of it before."""
    query = select(Job).where(Job.id == job_id).with_for_update()
    return (await session.exec(query.execution_options(populate_existing=True))).first()


async def _begin(database: Database, job_id: UUID) -> Job | None:
    async with database.session() as session:
        job = await _held(session, job_id)
        if job is None or job.status not in UNFINISHED:
            return None
        job.status = "running"
        job.started_at = job.started_at or datetime.now(UTC)
        return job


async def _advance(database: Database, known: Job, step: Step | None) -> Job | None:
    """Write the step and return the job; None if it is over, was cancelled, or somebody else has gone on with it."""
    async with database.session() as session:
        job = await _held(session, known.id)
        if job is None or job.status != "running" or job.position != known.position:
            return None
        if step is None:
            _end(job, "succeeded")
            return None
        await step.write(session)
        await _report(session, job, step.failures)
        job.position = step.position
        job.done += step.done
        job.failed += len(step.failures)
        return job


async def _report(session: AsyncSession, job: Job, failures: Sequence[Failure]) -> None:
    reported = failures[: max(0, MAX_ERRORS - job.failed)]
    rows = [
        {
            "job_id": job.id,
            "number": failure.number,
            "subject": failure.subject.replace("\0", "\ufffd"),  # which PostgreSQL cannot store
            "message": failure.message.replace("\0", "\ufffd"),
        }
        for failure in reported
    ]
    if rows:
        await session.execute(insert(JobError), rows)


async def _fail(database: Database, job_id: UUID, error: str) -> None:
    async with database.session() as session:
        job = await _held(session, job_id)
        if job is not None and job.status in UNFINISHED:
            job.error = error
            _end(job, "failed")


def _end(job: Job, status: Status) -> None:
    job.status = status
    job.finished_at = datetime.now(UTC)
