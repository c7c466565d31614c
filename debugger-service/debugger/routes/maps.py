"""`/projects/{id}/map`: every row as a point."""

from hashlib import sha256
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from debugger import maps, points, projects
from debugger.exports.map_file import MEDIA_TYPE
from debugger.routes.analyses import UNANALYSED, analysis_of
from debugger.routes.finding import FilterText, ProjectDep, found_by
from debugger.routes.problems import BAD_FILTER, NO_PROJECT, UNAVAILABLE
from shared.database import SessionDep
from shared.errors import problem_responses
from shared.jobs.routes import ACCEPTED, accepted

router = APIRouter(tags=["map"], responses={**UNAVAILABLE, **NO_PROJECT})

CACHING: Final = "private, no-cache"
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Little-endian: `DMAP`, a byte with the form's version (1), three zeros, the header's length as "
        "uint32, the header as JSON, and zeros up to a multiple of 8 bytes; from there on arrays, at the offsets that "
        "the header's `arrays` tells: `number` (int32), `x` and `y` (float32, -1 to 1) and `color`. That is uint16, an "
        "index into the header's `color.names`, 65535 for none; or float32, from `color.low` to `color.high`, NaN for "
        "none. `points` says how many there are, and `left_out` how many rows were found that are on no map yet.",
        "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    },
    304: {"description": "Not changed: `If-None-Match` has its ETag"},
    **BAD_FILTER,
    **problem_responses({409: "A map of this project is being made, by the job 019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1."}),
}


@router.post("/projects/{project_id:uuid}/maps", status_code=202, responses={**ACCEPTED, **UNANALYSED})
async def make_map(project: ProjectDep, session: SessionDep) -> JSONResponse:
    """Make the newest analysis's map anew, by a background job; each analysis begins one by itself."""
    job = await maps.create(session, project.id)
    return accepted(job, f"../../jobs/{job.id}")


@router.get("/projects/{project_id:uuid}/map", response_class=Response, responses=ANSWERS)
async def get_map(
    request: Request,
    project: ProjectDep,
    session: SessionDep,
    color: Annotated[
        str,
        Query(
            max_length=100,
            description="What the points are coloured by.",
            json_schema_extra={"enum": list(points.COLORS)},
        ),
    ] = "label",
    text: FilterText = "",
) -> Response:
    """Return the rows of the newest analysis that the filter finds as points of the plane, near ones alike."""
    analysis = await analysis_of(session, project)
    state = await projects.state_of(session, project)
    tag = f'"{sha256(repr((state, color, text)).encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": CACHING}
    if _has(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    finder = await found_by(request, session, project, text)
    view = points.View(project, analysis, finder, color, state)
    content = await request.state.points.encode(session, view)
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


def _has(if_none_match: str | None, tag: str) -> bool:
    return tag in {part.strip().removeprefix("W/") for part in (if_none_match or "").split(",")}
