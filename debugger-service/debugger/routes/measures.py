"""`/projects/{id}/metrics` and beside: how right a model is, by the labels as they are now."""

from functools import partial
from typing import Annotated, Final
from uuid import UUID

import numpy as np
from anyio import to_thread
from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger import calibrating, enriching, measuring, projects, reviewing
from debugger.filters.finding import Finder
from debugger.measuring import Answers, Source
from debugger.metrics.confusion import confusion_matrix, most_confused_pairs, side_by_side
from debugger.routes.analyses import UNANALYSED, analysis_of
from debugger.routes.finding import FinderDep, ProjectDep, found_by, memory_of
from debugger.routes.problems import BAD_FILTER, NO_PROJECT, UNAVAILABLE
from debugger.schemas.measures import (
    BudgetOut,
    CalibrationOut,
    ConfusionOut,
    EnrichmentIn,
    HistoryOut,
    MetricsOut,
    PairOut,
)
from shared.database import SessionDep
from shared.errors import problem_responses
from shared.jobs.routes import ACCEPTED, accepted
from shared.pagination import Page, PageDep

router = APIRouter(tags=["metrics"], responses={**UNAVAILABLE, **NO_PROJECT})

MAX_PAIRS: Final = 50

SourceName = Annotated[Source, Query(description="Models that were not trained on a row, or the model in use.")]
UNPREDICTED = problem_responses({409: "There are no labeled rows with predictions: analyse the project first."})


@router.get("/projects/{project_id:uuid}/metrics", responses={**BAD_FILTER, **UNPREDICTED})
async def get_metrics(
    finder: FinderDep, session: SessionDep, request: Request, source: SourceName = "out_of_sample"
) -> MetricsOut:
    """Tell how right a model is on the rows that the filter finds, over all and per class, with intervals."""
    compute = partial(_metrics, session, finder, source)
    return await memory_of(request).get(session, ("metrics", source), finder, compute)


@router.get("/projects/{project_id:uuid}/confusion", responses={**BAD_FILTER, **UNPREDICTED})
async def get_confusion(
    finder: FinderDep, session: SessionDep, request: Request, source: SourceName = "out_of_sample"
) -> ConfusionOut:
    """Tell which classes are taken for which; `label = "…" AND prediction = "…"` finds the rows of a cell."""
    compute = partial(_confusion, session, finder, source)
    return await memory_of(request).get(session, ("confusion", source), finder, compute)


@router.get("/projects/{project_id:uuid}/calibration", responses={**BAD_FILTER, **UNPREDICTED})
async def get_calibration(
    project: ProjectDep,
    finder: FinderDep,
    session: SessionDep,
    request: Request,
    source: SourceName = "out_of_sample",
) -> CalibrationOut:
    """Tell whether a model is right as often as it is sure, on the rows that the filter finds."""
    analysis = await projects.newest_analysis(session, project)
    compute = partial(calibrating.calibrated, session, request.state.arrays, finder, source, analysis)
    return CalibrationOut.of(await memory_of(request).get(session, ("calibration", source), finder, compute))


@router.get("/projects/{project_id:uuid}/metrics/history")
async def list_metrics(project: ProjectDep, session: SessionDep, page: PageDep) -> Page[HistoryOut]:
    """List what was measured after each analysis and each enrichment, the newest first."""
    found = await measuring.history(session, project.id, page.after(UUID), page.limit + 1)
    whole = page.page(found, lambda metrics: metrics.id)
    return Page(items=[HistoryOut.of(metrics) for metrics in whole.items], next_cursor=whole.next_cursor)


@router.get("/projects/{project_id:uuid}/review-budget", responses=UNANALYSED)
async def get_budget(project: ProjectDep, session: SessionDep, request: Request) -> BudgetOut:
    """Tell how many label errors the next rows of the ranking are likely to hold, and how many are left in all."""
    analysis = await analysis_of(session, project)
    all_rows = await found_by(request, session, project, "")
    compute = partial(reviewing.budget, session, request.state.arrays, analysis)
    return BudgetOut.of(await memory_of(request).get(session, "budget", all_rows, compute))


@router.post(
    "/projects/{project_id:uuid}/enrichments",
    status_code=202,
    responses={**ACCEPTED, **problem_responses({409: "The project has no rows yet: import a file first."})},
)
async def enrich(project: ProjectDep, body: EnrichmentIn, session: SessionDep, request: Request) -> JSONResponse:
    """Ask a model in use for its predictions of all rows, by a background job."""
    job = await enriching.create(session, project.id, request.state.settings, body.service)
    return accepted(job, f"../../jobs/{job.id}")


async def _metrics(session: AsyncSession, finder: Finder, source: Source) -> MetricsOut:
    found = await measuring.answers(session, finder, source)
    measured = await measuring.measure(found)
    assert measured is not None
    return MetricsOut.of(measured, found.classes)


async def _confusion(session: AsyncSession, finder: Finder, source: Source) -> ConfusionOut:
    return await to_thread.run_sync(_matrix, await measuring.answers(session, finder, source))


def _matrix(found: Answers) -> ConfusionOut:
    matrix = confusion_matrix(found.labels, found.predicted, len(found.classes))
    order = side_by_side(matrix)
    ordered = matrix[np.ix_(order, order)]
    names = [found.classes[position] for position in order]
    return ConfusionOut(
        labels=names,
        cells=[(int(row), int(column), int(ordered[row, column])) for row, column in np.argwhere(ordered)],
        pairs=[
            PairOut(labels=(found.classes[one], found.classes[other]), rows=pair.count, share=pair.share)
            for pair in most_confused_pairs(matrix, MAX_PAIRS)
            for one, other in [pair.classes]
        ],
    )
