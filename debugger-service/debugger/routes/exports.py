"""`/projects/{id}/export`: a data version as a file, or what was changed in it."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import StreamingResponse

from debugger import exporting, projects
from debugger.exports import FORMATS, PATCH, FileFormat
from debugger.routes.finding import FilterText, ProjectDep, found_by
from debugger.routes.problems import BAD_FILTER, NO_PROJECT, UNAVAILABLE
from debugger.tables import Project
from shared.database import Database, SessionDep, allow_long_statements
from shared.errors import ProblemError, problem_responses
from shared.pagination import MAX_INTEGER
from shared.streaming import TimedStreamingResponse, begun

router = APIRouter(tags=["exports"], responses={**UNAVAILABLE, **NO_PROJECT})

Name = Literal["original", "chatbot", "clinc", "jsonl", "csv", "patch"]
FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, which is cut off without an end if the export fails",
        "content": {kind.media_type.partition(";")[0]: {} for kind in (*FORMATS.values(), PATCH)},
    },
    **BAD_FILTER,
    **problem_responses({503: "As many exports run as are allowed at a time; try again when one is done."}),
}


@router.get("/projects/{project_id:uuid}/export", response_class=StreamingResponse, responses=FILES)
async def export(
    request: Request,
    project: ProjectDep,
    session: SessionDep,
    name: Annotated[
        Name,
        Query(
            alias="format", description="`original` is that of the file that was imported last; `patch` what changed."
        ),
    ] = "original",
    version: Annotated[int | None, Query(ge=1, le=MAX_INTEGER, description="By default the latest.")] = None,
    since: Annotated[
        int | None,
        Query(ge=0, le=MAX_INTEGER, description="Of a patch: the version it begins with; by default as imported."),
    ] = None,
    text: FilterText = "",
) -> StreamingResponse:
    """Export a data version without what is dropped, all as of one moment; with a filter the latest version only."""
    if text and version not in {None, project.version}:
        raise ProblemError(422, "A filter finds rows as they are now: leave `version` out, or the filter.")
    wanted = await exporting.format_of(session, project) if name == "original" else name
    kind = PATCH if wanted == "patch" else FORMATS[wanted]
    chunks = _bytes(request, project, kind, version or project.version, since, text)
    stem = f"project-{project.id}-version-{version or project.version}"
    return TimedStreamingResponse(
        await begun(chunks),
        media_type=kind.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{stem}.{kind.extension}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


async def _bytes(
    request: Request, project: Project, kind: FileFormat, version: int, since: int | None, text: str
) -> AsyncGenerator[bytes, None]:
    database: Database = request.state.database
    with request.state.exports.place():
        async with database.reading() as session:
            await allow_long_statements(session)
            project = await projects.get(session, project.id)
            finder = await found_by(request, session, project, text) if text else None
            rows = exporting.rows_of(session, project.id, version, finder, since)
            async with aclosing(kind.export(rows)) as chunks:
                async for chunk in chunks:
                    yield chunk
