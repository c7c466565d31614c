"""`/jobs` and `/imports`: work that outlives its request."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import JSONResponse

from catalog import jobs
from catalog.imports import importing
from catalog.names import Name
from catalog.routes.problems import NO_DATASET, UNAVAILABLE
from catalog.schemas.jobs import JobErrorOut, JobOut
from catalog.tables import Job
from shared.database import SessionDep
from shared.errors import ProblemError, problem_responses
from shared.pagination import Page, PageDep

router = APIRouter(tags=["jobs"], responses=UNAVAILABLE)
imports = APIRouter(tags=["imports"], responses=UNAVAILABLE)

NO_JOB = problem_responses({404: "No job has the id 019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1."})
ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {"description": "The job that goes on with it, also at `Location`", "model": JobOut}
}
FORMATS: dict[str, importing.FileFormat] = {
    "application/x-ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "text/csv": "csv",
}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "One image a line: `url`, `name` and `type` of a new one, or `id` or `sha256` of one that is "
        "there; `tags` and `absent` if it is labeled, `author`, `source` and `comment`. Exports can be imported.",
        "content": {
            "application/x-ndjson": {
                "schema": {"type": "string"},
                "example": '{"name": "a.jpg", "url": "https://images.example.org/a.jpg", "type": "image/jpeg", '
                '"tags": ["Cat"], "absent": ["Bird"]}\n',
            },
            "text/csv": {
                "schema": {"type": "string"},
                "example": "name,url,type,tags,absent\na.jpg,https://images.example.org/a.jpg,image/jpeg,Cat;Dog,Bird\n",
            },
        },
    }
}


def accepted(job: Job, location: str) -> JSONResponse:
    """Return the answer that the job goes on with what was asked for."""
    return JSONResponse(JobOut.of(job).model_dump(mode="json"), 202, {"Location": location})


@imports.post(
    "/imports",
    status_code=202,
    openapi_extra=BODY,
    responses={
        200: {"description": "The import that has this key already", "model": JobOut},
        **NO_DATASET,
        **problem_responses({415: "The body must be application/x-ndjson or text/csv, not text/plain."}),
        **problem_responses({422: "This Idempotency-Key belongs to an import of another file."}),
    },
)
async def import_file(
    request: Request,
    response: Response,
    author: Annotated[Name, Query(description="Who says what the file says, where a row names nobody.")] = "import",
    dataset: Annotated[UUID | None, Query(description="Add all its images to this dataset.")] = None,
    label_schema: Annotated[
        UUID | None, Query(description="What was looked for on every labeled image: its newest version.")
    ] = None,
    idempotency_key: Annotated[
        str | None,
        Header(min_length=1, max_length=255, pattern=r"^[!-~]+$", description="The same again imports nothing twice."),
    ] = None,
) -> JobOut:
    """Import a file of images and labels, by a background job; rows that are wrong are reported, the others go in."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in FORMATS:
        raise ProblemError(415, f"The body must be application/x-ndjson or text/csv, not {media_type or 'of no type'}.")
    wanted = importing.Request(FORMATS[media_type], author, dataset, label_schema)
    job, new = await importing.create(
        request.state.database, request.state.objects, wanted, request.stream(), idempotency_key
    )
    response.status_code = 202 if new else 200
    response.headers["Location"] = f"jobs/{job.id}"
    return JobOut.of(job)


@router.get("/jobs")
async def list_jobs(session: SessionDep, page: PageDep) -> Page[JobOut]:
    """List the jobs, the newest first."""
    found = await jobs.list_jobs(session, page.after(UUID), page.limit + 1)
    return page.page([JobOut.of(job) for job in found], lambda job: job.id)


@router.get("/jobs/{job_id:uuid}", responses=NO_JOB)
async def get_job(job_id: UUID, session: SessionDep) -> JobOut:
    """Tell how far a job is."""
    return JobOut.of(await jobs.get(session, job_id))


@router.get("/jobs/{job_id:uuid}/errors", responses=NO_JOB)
async def list_job_errors(job_id: UUID, session: SessionDep, page: PageDep) -> Page[JobErrorOut]:
    """List the rows or images that a job could not do, the first 10,000, and why."""
    found = await jobs.list_errors(session, job_id, page.after(int), page.limit + 1)
    return page.page([JobErrorOut.of(error) for error in found], lambda error: error.number)


@router.post(
    "/jobs/{job_id:uuid}/cancel", responses={**NO_JOB, **problem_responses({409: "The job is over: it has succeeded."})}
)
async def cancel_job(job_id: UUID, session: SessionDep) -> JobOut:
    """Stop a job after its present step; what it has done stays, but for an unfinished snapshot."""
    return JobOut.of(await jobs.cancel(session, job_id))
