"""`…/export`: a snapshot, or what a filter finds, as a file."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import StreamingResponse

from catalog import labeled_images, snapshots
from catalog.exports import FORMATS, Format
from catalog.exports.rows import Row
from catalog.labeled_images import Names
from catalog.objects import Objects, image_path
from catalog.routes.conditions import ConditionsDep
from catalog.routes.problems import UNAVAILABLE
from catalog.routes.snapshots import NO_SNAPSHOT
from shared.database import Database
from shared.errors import problem_responses
from shared.streaming import TimedStreamingResponse, begun
from shared.workers import WorkerPool

router = APIRouter(tags=["exports"], responses=UNAVAILABLE)

RowsOf = Callable[[AsyncSession], Awaitable[tuple[Names, AsyncIterator[Row]]]]
FormatName = Annotated[Literal["ndjson", "csv", "coco", "imagefolder", "webdataset"], Query(alias="format")]
FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, which is cut off without an end if the export fails",
        "content": {kind.media_type.partition(";")[0]: {} for kind in FORMATS.values()},
    },
    **problem_responses({503: "As many exports run as are allowed at a time; try again when one is done."}),
}


@router.get(
    "/images/export",
    response_class=StreamingResponse,
    responses={**FILES, **problem_responses({404: "No tag is called Brid."})},
)
async def export_images(request: Request, conditions: ConditionsDep, name: FormatName = "ndjson") -> StreamingResponse:
    """Export the images that fulfil all conditions, with their latest labels, all as of one moment."""

    async def rows_of(session: AsyncSession) -> tuple[Names, AsyncIterator[Row]]:
        names = await labeled_images.current_names(session)
        return names, labeled_images.of_search(session, conditions, names)

    return await _streamed(request, FORMATS[name], "images", rows_of)


@router.get(
    "/snapshots/{snapshot_id:uuid}/export", response_class=StreamingResponse, responses={**FILES, **NO_SNAPSHOT}
)
async def export_snapshot(request: Request, snapshot_id: UUID, name: FormatName = "ndjson") -> StreamingResponse:
    """Export a snapshot: always the same bytes, of which for NDJSON `content_hash` is the SHA-256."""

    async def rows_of(session: AsyncSession) -> tuple[Names, AsyncIterator[Row]]:
        snapshot = await snapshots.get(session, snapshot_id)
        names = snapshots.names_of(snapshot)
        return names, labeled_images.of_snapshot(session, snapshot, names)

    return await _streamed(request, FORMATS[name], f"snapshot-{snapshot_id}", rows_of)


async def _streamed(request: Request, kind: Format, stem: str, rows_of: RowsOf) -> StreamingResponse:
    return TimedStreamingResponse(
        await begun(_bytes(request, kind, rows_of)),
        media_type=kind.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{stem}.{kind.extension}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


async def _bytes(request: Request, kind: Format, rows_of: RowsOf) -> AsyncGenerator[bytes, None]:
    database: Database = request.state.database
    objects: Objects = request.state.objects
    exports: WorkerPool = request.state.exports

    def content(row: Row) -> AsyncIterator[bytes]:
        return objects.read(image_path(bytes.fromhex(row.sha256 or "")))

    with exports.place():
        async with database.reading() as session:
            names, rows = await rows_of(session)
            async with aclosing(kind.export(rows, names.categories, content)) as chunks:
                async for chunk in chunks:
                    yield chunk
