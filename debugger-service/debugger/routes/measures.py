"""`/projects/{id}/metrics` and beside: how right a model is, by the labels as they are now."""

from typing import Annotated, Final
from uuid import UUID

import numpy as np
from anyio import to_thread
from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger import enriching, measuring, reviewing
from debugger.filters.finding import Finder
from debugger.measuring import Answers, Source
from debugger.metrics.confusion import confusion_matrix, most_confused_pairs, side_by_side
from debugger.routes.analyses import UNANALYSED, analysis_of
from debugger.routes.finding import FinderDep, ProjectDep
from debugger.routes.problems import BAD_FILTER, NO_PROJECT, UNAVAILABLE
from debugger.schemas.measures import (
    BudgetOut,
    ConfusionOut,
    EnrichmentIn,
    HistoryOut,
    MetricsOut,
    OutlookOut,
    PairOut,
)
from shared.database import SessionDep
from shared.errors import problem_responses
from shared.jobs.routes import ACCEPTED, accepted
from shared.pagination import Page, PageDep
from shared.refusals import ConflictError

router = APIRouter(tags=["metrics"], responses={**UNAVAILABLE, **NO_PROJECT})

MAX_PAIRS: Final = 50

SourceName = Annotated[Source, Query(description="Models that were not trained on a row, or the model in use.")]
UNPREDICTED = problem_responses({409: "There are no labeled rows with predictions: analyse the project first."})


@router.get("/projects/{project_id:uuid}/metrics", responses={**BAD_FILTER, **UNPREDICTED})
async def get_metrics(finder: FinderDep, session: SessionDep, source: SourceName = "out_of_sample") -> MetricsOut:
    """Tell how right a model is on the rows that the filter finds, over all and per class, with intervals."""
    found = await _answers(session, finder, source)
    measured = await measuring.measure(found)
    assert measured is not None
    return MetricsOut.of(measured, found.classes)


@router.get("/projects/{project_id:uuid}/confusion", responses={**BAD_FILTER, **UNPREDICTED})
async def get_confusion(finder: FinderDep, session: SessionDep, source: SourceName = "out_of_sample") -> ConfusionOut:
    """Tell which classes are taken for which; `label = "…" AND prediction = "…"` finds the rows of a cell."""
    return await to_thread.run_sync(_confusion, await _answers(session, finder, source))


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
    budget = await reviewing.budget(session, request.state.arrays, analysis)
    return BudgetOut(
        decided=budget.decided,
        errors=budget.errors,
        next=[OutlookOut.of(outlook) for outlook in budget.next],
        left=OutlookOut.of(budget.left),
    )


@router.post(
    "/projects/{project_id:uuid}/enrichments",
    status_code=202,
    responses={**ACCEPTED, **problem_responses({409: "The project has no rows yet: import a file first."})},
)
async def enrich(project: ProjectDep, body: EnrichmentIn, session: SessionDep, request: Request) -> JSONResponse:
    """Ask a model in use for its predictions of all rows, by a background job."""
    job = await enriching.create(session, project.id, request.state.settings, body.service)
    return accepted(job, f"../../jobs/{job.id}")


async def _answers(session: AsyncSession, finder: Finder, source: Source) -> Answers:
    found = await measuring.answers(session, finder, source)
    if not np.any(found.predicted >= 0):
        first = "analyse the project" if source == "out_of_sample" else "enrich the project"
        raise ConflictError(f"There are no labeled rows with predictions: {first} first, or ask for other rows.")
    return found


def _confusion(found: Answers) -> ConfusionOut:
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
