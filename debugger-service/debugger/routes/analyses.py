"""`/projects/{id}/analyses` and `…/issues`: what is likely wrong."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger import analysing, found_issues, projects
from debugger.issues import KINDS
from debugger.routes.finding import FinderDep, ProjectDep, found_by, memory_of
from debugger.routes.problems import BAD_FILTER, NO_PROJECT, UNAVAILABLE
from debugger.schemas.analyses import AnalysisIn, AnalysisOut, IssuesOut, KindOut
from debugger.schemas.rows import IssueOut
from debugger.tables import Analysis, Project
from shared.database import SessionDep
from shared.errors import problem_responses
from shared.jobs.routes import ACCEPTED, accepted
from shared.pagination import Page, PageDep
from shared.refusals import ConflictError

router = APIRouter(tags=["issues"], responses={**UNAVAILABLE, **NO_PROJECT})

UNANALYSED = problem_responses({409: "The project has not been analysed yet: POST …/analyses begins that."})


@router.post(
    "/projects/{project_id:uuid}/analyses",
    status_code=202,
    responses={**ACCEPTED, **problem_responses({409: "The project has no rows yet: import a file first."})},
)
async def analyse(project: ProjectDep, session: SessionDep, body: AnalysisIn | None = None) -> JSONResponse:
    """Analyse the latest data version, by a background job; what was found before stays until that is done."""
    job = await analysing.create(session, project.id, (body or AnalysisIn()).encoder)
    return accepted(job, f"../../jobs/{job.id}")


@router.get("/projects/{project_id:uuid}/issues", responses=UNANALYSED)
async def list_kinds(project: ProjectDep, session: SessionDep, request: Request) -> IssuesOut:
    """Tell what kinds of issues the newest analysis found, and how many."""
    analysis = await analysis_of(session, project)
    all_rows = await found_by(request, session, project, "")
    compute = partial(found_issues.count_open, session, analysis)
    undecided = await memory_of(request).get(session, "open issues", all_rows, compute)
    kinds = [KindOut.of(kind, analysis.counts.get(kind.name, 0), undecided.get(kind.name, 0)) for kind in KINDS]
    return IssuesOut(analysis=AnalysisOut.of(analysis), kinds=kinds)


@router.get("/projects/{project_id:uuid}/issues/{kind}", responses={**UNANALYSED, **BAD_FILTER})
async def list_issues(
    project: ProjectDep,
    kind: Annotated[str, Path(max_length=100, description="As `…/issues` names it, such as `label_error`.")],
    finder: FinderDep,
    session: SessionDep,
    page: PageDep,
    decided: Annotated[bool, Query(description="Also those about rows that somebody has decided on.")] = False,
) -> Page[IssueOut]:
    """List the issues of a kind, the greatest score first; with a filter those about the rows that it finds."""
    analysis = await analysis_of(session, project)
    found = await found_issues.list_issues(
        session, analysis, kind, finder, page.after(int), page.limit + 1, decided=decided
    )
    return page.page([IssueOut.of(issue) for issue in found], lambda issue: issue.rank)


async def analysis_of(session: AsyncSession, project: Project) -> Analysis:
    """Return the project's newest analysis; raises ConflictError where there is none."""
    analysis = await projects.newest_analysis(session, project)
    if analysis is None:
        raise ConflictError("The project has not been analysed yet: POST …/analyses begins that.")
    return analysis
