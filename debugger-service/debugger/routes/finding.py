"""Filters in requests."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger import projects
from debugger.filters.finding import Finder, find
from debugger.filters.syntax import MAX_LENGTH, Filter
from debugger.looking_up import looking_up
from debugger.remembering import Memory
from debugger.tables import Project
from shared.database import SessionDep

FilterText = Annotated[
    str,
    Query(
        alias="filter",
        max_length=MAX_LENGTH,
        description="Which rows, as [AIP-160](https://google.aip.dev/160) has it; empty for all.",
        openapi_examples={
            "all": {"value": ""},
            "disagreements": {"value": 'split = "testing" AND correct = false AND confidence > 0.9'},
            "issues": {"value": "issue.label_error > 0.8 AND NOT decision : *"},
            "inside": {"value": 'inside("-0.2 0.1 0.3 0.1 0.1 0.5")'},
            "similar": {"value": 'similar("where is my card") > 0.5'},
        },
    ),
]


async def _project(project_id: UUID, session: SessionDep) -> Project:
    return await projects.get(session, project_id)


ProjectDep = Annotated[Project, Depends(_project, scope="function")]
"""Dependency: the project in the path; 404 where there is none."""


async def _finder(request: Request, project: ProjectDep, session: SessionDep, text: FilterText = "") -> Finder:
    return await found_by(request, session, project, text)


FinderDep = Annotated[Finder, Depends(_finder, scope="function")]
"""Dependency: the rows that the query parameter `filter` finds."""


async def found_by(request: Request, session: AsyncSession, project: Project, wanted: str | Filter) -> Finder:
    """Return what finds the rows of the project that the filter means."""
    scope = await projects.scope_of(session, project)
    return await find(wanted, scope, looking_up(request.state.arrays, request.state.sentences, session, scope))


def memory_of(request: Request) -> Memory:
    """Return what was computed before."""
    memory: Memory = request.state.memory
    return memory
