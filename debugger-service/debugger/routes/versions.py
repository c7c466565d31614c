"""`/projects/{id}/decisions` and `…/versions`: what people decide, and what becomes of the data."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger import decisions, projects, versions
from debugger.choosing import Chosen, Found
from debugger.filters.syntax import MAX_LENGTH, Comparison, Or
from debugger.routes.finding import ProjectDep, found_by
from debugger.routes.problems import BAD_FILTER, CHANGED, NO_PROJECT, UNAVAILABLE
from debugger.schemas.decisions import DecisionIn, EffectOut, Preview, UndoIn
from debugger.schemas.fields import Number
from debugger.schemas.projects import DifferenceOut, VersionOut
from debugger.tables import Project
from shared.database import SessionDep
from shared.errors import problem_responses
from shared.pagination import MAX_INTEGER, Page, PageDep

router = APIRouter(tags=["decisions"], responses={**UNAVAILABLE, **NO_PROJECT})

VersionNumber = Annotated[Number, Path(description="Of the data version.")]


@router.post(
    "/projects/{project_id:uuid}/decisions",
    status_code=201,
    responses={**BAD_FILTER, **CHANGED, 200: {"description": "No row differs: there is no new version"}},
)
async def decide(
    project: ProjectDep, body: DecisionIn, session: SessionDep, request: Request, response: Response
) -> VersionOut | None:
    """Decide about rows; all of them change in one new data version, or none if others have changed one meanwhile."""
    # Before the filter is compiled: it means the analysis and predictions that the project has once nobody changes it.
    project = await projects.hold(session, project.id)
    chosen = await _chosen(request, session, project, body)
    version = await decisions.decide(session, project.id, body.decision, chosen, project.analysis_id)
    if version is None:
        response.status_code = 200
        return None
    return VersionOut.of(version)


@router.post("/projects/{project_id:uuid}/decisions/preview", responses={**BAD_FILTER, **CHANGED})
async def preview_decision(project: ProjectDep, body: DecisionIn, session: SessionDep, request: Request) -> Preview:
    """Tell what a decision would change."""
    chosen = await _chosen(request, session, project, body)
    effects = await decisions.preview(session, project.id, body.decision, chosen, project.analysis_id)
    return Preview(rows=sum(effect.rows for effect in effects), effects=[EffectOut.of(effect) for effect in effects])


@router.get("/projects/{project_id:uuid}/versions")
async def list_versions(project: ProjectDep, session: SessionDep, page: PageDep) -> Page[VersionOut]:
    """List the data versions, the newest first."""
    found = await versions.list_versions(session, project, page.after(int), page.limit + 1)
    return page.page([VersionOut.of(version) for version in found], lambda version: version.number)


@router.get("/projects/{project_id:uuid}/versions/{number}")
async def get_version(project: ProjectDep, number: VersionNumber, session: SessionDep) -> VersionOut:
    """Tell of a data version."""
    return VersionOut.of(await versions.get(session, project, number))


@router.post(
    "/projects/{project_id:uuid}/versions/{number}/undo",
    status_code=201,
    responses=problem_responses({409: "Version 3 has been undone already, by version 4."}),
)
async def undo_version(project: ProjectDep, number: VersionNumber, body: UndoIn, session: SessionDep) -> VersionOut:
    """Make every row again what it was before the version, in a new one; undoing that does it again."""
    return VersionOut.of(await decisions.undo(session, project.id, number, body.author))


@router.get("/projects/{project_id:uuid}/differences")
async def list_differences(
    project: ProjectDep,
    session: SessionDep,
    page: PageDep,
    older: Annotated[int, Query(alias="from", ge=0, le=MAX_INTEGER, description="0 is before the first import.")],
    newer: Annotated[
        int | None, Query(alias="to", ge=0, le=MAX_INTEGER, description="By default the latest version.")
    ] = None,
    contains: Annotated[
        str,
        Query(
            max_length=MAX_LENGTH,
            pattern=r"^[^\x00]*$",
            description="What the text or one of the labels contains, in whatever case.",
        ),
    ] = "",
) -> Page[DifferenceOut]:
    """List the rows that two data versions see differently."""
    until = project.version if newer is None else newer
    after = page.after(int) or 0
    found = await versions.differences(session, project.id, older, until, contains, after, page.limit + 1)
    return page.page([DifferenceOut.of(each) for each in found], lambda each: each.number)


async def _chosen(request: Request, session: AsyncSession, project: Project, body: DecisionIn) -> Chosen:
    if body.rows is not None:
        return {row.number: row.version for row in body.rows}
    of_classes = Or(tuple(Comparison("label", "=", label) for label in body.labels))
    finder = await found_by(request, session, project, of_classes if body.filter is None else body.filter)
    return Found(finder.numbers, body.at_version or 0)
