"""`/projects`: data sets, and the files that are imported into them."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from debugger import importing, projects
from debugger.ingest import Format
from debugger.routes.finding import ProjectDep
from debugger.routes.problems import NO_PROJECT, UNAVAILABLE
from debugger.schemas.fields import Author
from debugger.schemas.projects import ProjectChange, ProjectIn, ProjectOut
from shared.database import SessionDep
from shared.errors import problem_responses
from shared.jobs.routes import ACCEPTED, accepted
from shared.jobs.schemas import JobOut
from shared.pagination import Page, PageDep

router = APIRouter(tags=["projects"], responses=UNAVAILABLE)
imports = APIRouter(tags=["projects"], responses=UNAVAILABLE)

TAKEN = problem_responses({409: "There is a project called Chatbot already."})
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file: a chatbot's export (a JSON list), CSV, JSONL or CLINC150's JSON, plain, gzipped or "
        "zipped.",
        "content": {
            "application/octet-stream": {
                "schema": {"type": "string", "format": "binary"},
                "example": "text,label,split\nwhere is my card,card_arrival,training\n",
            }
        },
    }
}


@router.post("/projects", status_code=201, responses=TAKEN)
async def create_project(body: ProjectIn, session: SessionDep) -> ProjectOut:
    """Create an empty project."""
    return ProjectOut.of(await projects.create(session, body.name, body.description))


@router.get("/projects")
async def list_projects(session: SessionDep, page: PageDep) -> Page[ProjectOut]:
    """List the projects, the newest first."""
    found = await projects.list_projects(session, page.after(UUID), page.limit + 1)
    return page.page([ProjectOut.of(project) for project in found], lambda project: project.id)


@router.get("/projects/{project_id:uuid}", responses=NO_PROJECT)
async def get_project(project_id: UUID, session: SessionDep) -> ProjectOut:
    """Tell of a project."""
    return ProjectOut.of(await projects.get(session, project_id))


@router.patch("/projects/{project_id:uuid}", responses={**NO_PROJECT, **TAKEN})
async def change_project(project_id: UUID, body: ProjectChange, session: SessionDep) -> ProjectOut:
    """Rename a project, or describe it."""
    return ProjectOut.of(await projects.change(session, project_id, body.name, body.description))


@router.delete(
    "/projects/{project_id:uuid}",
    status_code=204,
    responses={**NO_PROJECT, **problem_responses({409: "A job works on this project: cancel it first, or wait."})},
)
async def delete_project(project_id: UUID, session: SessionDep) -> None:
    """Delete a project with all its rows, versions and decisions, for good."""
    await projects.delete(session, project_id)


@router.get("/projects/{project_id:uuid}/jobs", responses=NO_PROJECT)
async def list_project_jobs(project: ProjectDep, session: SessionDep, page: PageDep) -> Page[JobOut]:
    """List the jobs that work on a project or did, the newest first."""
    found = await projects.list_jobs(session, project.id, page.after(UUID), page.limit + 1)
    return page.page([JobOut.of(job) for job in found], lambda job: job.id)


@imports.post(
    "/projects/{project_id:uuid}/imports",
    status_code=202,
    openapi_extra=BODY,
    responses={
        **ACCEPTED,
        **NO_PROJECT,
        **problem_responses({409: "Another import into this project goes on; wait for it, or cancel it."}),
    },
)
async def import_file(
    project_id: UUID,
    request: Request,
    author: Annotated[Author, Query(description="Who imports.")] = "import",
    name: Annotated[Author | None, Query(description="The file's name.")] = None,
    format_: Annotated[Format | None, Query(alias="format", description="By default it is recognised.")] = None,
    *,
    analyse: Annotated[
        bool, Query(description="Analyse the data when the import has succeeded and changed them.")
    ] = False,
) -> JSONResponse:
    """Import a file, by a background job: the same rows again change nothing, and wrong ones are reported."""
    upload = importing.Upload(project_id, format_, author, name, analyse)
    job = await importing.create(request.state.database, upload, request.stream())
    return accepted(job, f"../../jobs/{job.id}")
