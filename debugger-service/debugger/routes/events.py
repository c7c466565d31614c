"""`/projects/{id}/events`: the data versions as they come, so that reviewers see each other's decisions."""

import asyncio
from collections.abc import AsyncIterator
from time import monotonic
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from debugger import projects, versions
from debugger.routes.problems import NO_PROJECT, UNAVAILABLE
from debugger.schemas.projects import VersionEvent
from shared.database import Database
from shared.errors import problem_responses
from shared.pagination import MAX_INTEGER

router = APIRouter(tags=["decisions"], responses={**UNAVAILABLE, **NO_PROJECT})

EVENT_SECONDS: Final = 1.0
"""So often is looked whether there is something new to tell."""
STREAM_SECONDS: Final = 600
"""A stream ends after that; the browser goes on with another one where this one ended."""
WATCHERS: Final = 200
"""Streams at the same time; one more is answered 503."""
AT_ONCE: Final = 100
"""Versions that are told between two looks."""
MAX_ROWS: Final = 1000
"""Row numbers in an event."""

BUSY = problem_responses({503: "All 200 places are taken; try again in a moment."})


async def _place(request: Request) -> AsyncIterator[None]:
    with request.state.watchers.place():
        yield


async def _last_seen(
    project_id: UUID,
    request: Request,
    after: Annotated[
        int | None,
        Query(
            ge=0,
            le=MAX_INTEGER,
            description="The latest version that is known, by default all; the header `Last-Event-ID` goes before it.",
        ),
    ] = None,
    last_event_id: Annotated[int | None, Header(ge=0, le=MAX_INTEGER, include_in_schema=False)] = None,
) -> int:
    database: Database = request.state.database
    async with database.reading() as session:
        project = await projects.get(session, project_id)
    seen = after if last_event_id is None else last_event_id
    return project.version if seen is None else seen


@router.get(
    "/projects/{project_id:uuid}/events",
    responses=BUSY,
    response_class=EventSourceResponse,
    dependencies=[Depends(_place)],
)
async def watch_project(
    project_id: UUID, request: Request, seen: Annotated[int, Depends(_last_seen)]
) -> AsyncIterator[ServerSentEvent]:
    """Tell of each new data version and the rows it changed, as server-sent events `version` with its number as id."""
    ends = monotonic() + STREAM_SECONDS
    while monotonic() < ends and not getattr(request.app.state, "stopping", False):
        for event in await told_after(request.state.database, project_id, seen):
            yield ServerSentEvent(data=event, event="version", id=str(event.number))
            seen = event.number
        await asyncio.sleep(EVENT_SECONDS)


async def told_after(database: Database, project_id: UUID, seen: int) -> list[VersionEvent]:
    """Return what is told of the versions beyond `seen`, the oldest first."""
    async with database.reading() as session:
        new = await versions.list_after(session, project_id, seen, AT_ONCE)
        return [
            VersionEvent.about(each, await versions.changed_rows(session, project_id, each.number, MAX_ROWS))
            for each in new
        ]
