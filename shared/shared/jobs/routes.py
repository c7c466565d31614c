"""`/jobs`: how far work is that outlives its request."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from time import monotonic
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from shared import jobs
from shared.database import Database, SessionDep
from shared.errors import problem_responses
from shared.jobs.schemas import JobErrorOut, JobOut
from shared.jobs.tables import UNFINISHED, Job
from shared.pagination import Page, PageDep
from shared.workers import WorkerPool

EVENT_SECONDS: Final = 0.5
"""So often is looked whether there is something new to tell."""
STREAM_SECONDS: Final = 600
"""A stream ends after that; a browser goes on with another one."""
WATCHERS: Final = 200
"""Streams at the same time; one more is answered 503."""

NO_JOB = problem_responses({404: "No job has the id 019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1."})


ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {"description": "The job that goes on with it, also at `Location`", "model": JobOut}
}


def accepted(job: Job, location: str) -> JSONResponse:
    """Return the answer that the job goes on with what was asked for."""
    return JSONResponse(JobOut.of(job).model_dump(mode="json"), 202, {"Location": location})


def job_routes(responses: Mapping[int | str, dict[str, Any]]) -> APIRouter:
    """Return the routes over the state's `database`; `responses` is what all of a service's routes may answer."""
    router = APIRouter(tags=["jobs"], responses=dict(responses))
    router.get("/jobs")(list_jobs)
    router.get("/jobs/{job_id:uuid}", responses=NO_JOB)(get_job)
    router.get("/jobs/{job_id:uuid}/errors", responses=NO_JOB)(list_job_errors)
    watching = router.get(
        "/jobs/{job_id:uuid}/events",
        responses={**NO_JOB, **problem_responses({503: f"All {WATCHERS} places are taken; try again in a moment."})},
        response_class=EventSourceResponse,
        dependencies=[Depends(_place_of(WorkerPool(WATCHERS, 0)))],
    )
    watching(watch_job)
    over = problem_responses({409: "The job is over: it has succeeded."})
    router.post("/jobs/{job_id:uuid}/cancel", responses={**NO_JOB, **over})(cancel_job)
    return router


async def list_jobs(session: SessionDep, page: PageDep) -> Page[JobOut]:
    """List the jobs, the newest first."""
    found = await jobs.list_jobs(session, page.after(UUID), page.limit + 1)
    return page.page([JobOut.of(job) for job in found], lambda job: job.id)


async def get_job(job_id: UUID, session: SessionDep) -> JobOut:
    """Tell how far a job is."""
    return JobOut.of(await jobs.get(session, job_id))


async def list_job_errors(job_id: UUID, session: SessionDep, page: PageDep) -> Page[JobErrorOut]:
    """List the rows or images that a job could not do, the first 10,000, and why."""
    found = await jobs.list_errors(session, job_id, page.after(int), page.limit + 1)
    return page.page([JobErrorOut.of(error) for error in found], lambda error: error.number)


def _place_of(watchers: WorkerPool) -> Callable[[], AsyncIterator[None]]:
    async def place() -> AsyncIterator[None]:
        with watchers.place():
            yield

    return place


async def _known_job(job_id: UUID, session: SessionDep) -> Job:
    return await jobs.get(session, job_id)


async def watch_job(request: Request, job: Annotated[Job, Depends(_known_job)]) -> AsyncIterator[ServerSentEvent]:
    """Tell how far a job is whenever that changes, as server-sent events `job`; the last one says how it ended.

    A stream ends after ten minutes also when the job has not: then ask again.
    """
    database: Database = request.state.database
    ends = monotonic() + STREAM_SECONDS
    yield ServerSentEvent(data=JobOut.of(job), event="job")
    while job.status in UNFINISHED and monotonic() < ends:
        await asyncio.sleep(EVENT_SECONDS)
        async with database.reading() as session:
            now = await jobs.get(session, job.id)
        if now.model_dump() != job.model_dump():
            yield ServerSentEvent(data=JobOut.of(now), event="job")
        job = now


async def cancel_job(job_id: UUID, session: SessionDep) -> JobOut:
    """Stop a job after its present step; what it has done stays."""
    return JobOut.of(await jobs.cancel(session, job_id))
