"""`/projects/{id}/rows`: found by a filter, counted, and one seen whole."""

from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request

from debugger import counting, projects, rows, versions
from debugger.filters.syntax import MAX_LENGTH
from debugger.looking_up import neighbours_of, numbers_of, similarities_to
from debugger.routes.finding import FinderDep, ProjectDep, memory_of
from debugger.routes.problems import BAD_FILTER, NO_PROJECT, UNAVAILABLE
from debugger.rows import Key, Order
from debugger.schemas.fields import Number
from debugger.schemas.rows import (
    ChangeOut,
    CommentIn,
    CommentOut,
    Counts,
    IssueOut,
    NeighbourOut,
    RowDetail,
    RowOut,
)
from shared.database import SessionDep
from shared.pagination import Page, PageDep

router = APIRouter(tags=["rows"], responses={**UNAVAILABLE, **NO_PROJECT})

MAX_FACET_VALUES: Final = 200
NEIGHBOURS: Final = 5

RowNumber = Annotated[Number, Path(description="Which of the project's rows, counted from 1.")]


@router.get("/projects/{project_id:uuid}/rows", responses=BAD_FILTER)
async def list_rows(
    finder: FinderDep,
    session: SessionDep,
    page: PageDep,
    request: Request,
    order_by: Annotated[
        str,
        Query(
            max_length=MAX_LENGTH,
            description="`number`, `score`, `length`, `version`, `confidence`, `served.confidence`, `issue.<kind>`, "
            '`similar(17)` or `similar("where is my card")`, and ` desc` for the greatest first; rows without the '
            "value are left out.",
        ),
    ] = "number",
) -> Page[RowOut]:
    """List the rows that the filter finds."""
    order, after, limit = Order.parse(order_by), page.after(Key), page.limit + 1
    if order.similar_to is None:
        found = await rows.list_rows(session, finder, order, after, limit)
    else:
        state, scope = request.state, finder.scope
        values = await similarities_to(state.arrays, state.sentences, session, scope, order.similar_to)
        similarities = (await numbers_of(state.arrays, session, scope), values)
        found = await rows.list_similar(session, finder, similarities, order.direction, after, limit)
    whole = page.page(found, lambda listed: listed.key)
    return Page(items=[RowOut.of(listed) for listed in whole.items], next_cursor=whole.next_cursor)


@router.get("/projects/{project_id:uuid}/rows/counts", responses=BAD_FILTER)
async def count_rows(finder: FinderDep, session: SessionDep, request: Request) -> Counts:
    """Count the rows that the filter finds, also by split, label, status, decision and prediction."""
    compute = partial(counting.count, session, finder, MAX_FACET_VALUES)
    found = await memory_of(request).get(session, "counts", finder, compute)
    return Counts(rows=found.rows, facets=dict(found.facets))


@router.get("/projects/{project_id:uuid}/rows/{number}")
async def get_row(project: ProjectDep, number: RowNumber, session: SessionDep, request: Request) -> RowDetail:
    """Tell all of a row: its predictions, neighbours, issues, history and comments."""
    scope = await projects.scope_of(session, project)
    listed = await rows.get(session, scope, number)
    near = await neighbours_of(request.state.arrays, session, scope, number, NEIGHBOURS)
    others = await rows.get_all(session, scope, list(near))
    return RowDetail(
        **RowOut.of(listed).model_dump(),
        fields=listed.row.fields,
        neighbours=[NeighbourOut(similarity=near[each.row.number], row=RowOut.of(each)) for each in others],
        found=[IssueOut.of(issue) for issue in await rows.issues_of(session, scope, number)],
        history=[ChangeOut.of(*each) for each in await versions.history(session, project.id, number)],
        comments=[CommentOut.of(comment) for comment in await rows.comments_of(session, project.id, number)],
    )


@router.post("/projects/{project_id:uuid}/rows/{number}/comments", status_code=201)
async def comment_on_row(project: ProjectDep, number: RowNumber, body: CommentIn, session: SessionDep) -> CommentOut:
    """Say something of a row; the data stays as it is."""
    return CommentOut.of(await rows.comment(session, project.id, number, body.author, body.text))
