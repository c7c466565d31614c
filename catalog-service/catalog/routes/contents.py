"""`/images/{id}/content` and `/thumbnail`: the bytes, whole, in part, or small."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from catalog import images
from catalog.byte_ranges import ByteRange, UnsatisfiableRangeError, parse_range
from catalog.objects import Objects, image_path
from catalog.routes.problems import NO_IMAGE, UNAVAILABLE
from catalog.tables import Image
from shared.database import Database
from shared.errors import ProblemError, problem_responses
from shared.images.inspection import THUMBNAIL_TYPE, thumbnail
from shared.refusals import NotFoundError
from shared.streaming import TimedStreamingResponse, begun
from shared.workers import PoolDep

router = APIRouter(tags=["images"], responses=UNAVAILABLE)

DEFAULT_SIDE = 256
MAX_SIDE = 1024
DELETED = "The image's bytes are no longer there: it has just been deleted."
SAFE_HEADERS = {
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
"""An uploaded file is never more than a picture to a browser, and is asked for anew lest it was deleted."""

BINARY = {"schema": {"type": "string", "format": "binary"}}


@router.get(
    "/images/{image_id:uuid}/content",
    response_class=StreamingResponse,
    responses={
        200: {"description": "The bytes as they were uploaded", "content": {"image/*": BINARY}},
        206: {"description": "The part that `Range` asked for", "content": {"image/*": BINARY}},
        304: {"description": "Not changed: `If-None-Match` has its ETag"},
        **problem_responses({404: "Of the image only the URL is known: https://images.example.org/dog.jpg."}),
        **problem_responses({416: "The image has 661,378 bytes."}),
    },
)
async def get_content(image_id: UUID, request: Request) -> Response:
    """Return an image's bytes; understands `Range` with one range, `If-Range` and `If-None-Match`."""
    image, sha256 = await _held(request, image_id)
    size, tag = image.size or 0, f'"{sha256.hex()}"'
    headers = {**SAFE_HEADERS, "ETag": tag, "Accept-Ranges": "bytes"}
    if _matches(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    part = ByteRange(0, size)
    wanted = request.headers.get("range")
    if wanted and request.headers.get("if-range", tag) == tag:
        try:
            part = parse_range(wanted, size) or part
        except UnsatisfiableRangeError as error:
            raise ProblemError(416, str(error), {"Content-Range": f"bytes */{size}"}) from error
    headers["Content-Length"] = str(part.end - part.start)
    if part.end - part.start != size:
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{size}"
    objects: Objects = request.state.objects
    try:
        chunks = await begun(objects.read(image_path(sha256), part.start, part.end))
    except FileNotFoundError as error:
        raise NotFoundError(DELETED) from error
    return TimedStreamingResponse(
        chunks,
        status_code=206 if "Content-Range" in headers else 200,
        headers=headers,
        media_type=image.type,
    )


@router.get(
    "/images/{image_id:uuid}/thumbnail",
    response_class=Response,
    responses={
        200: {"description": "A JPEG, upright", "content": {THUMBNAIL_TYPE: BINARY}},
        304: {"description": "Not changed: `If-None-Match` has its ETag"},
        **NO_IMAGE,
    },
)
async def get_thumbnail(
    image_id: UUID,
    request: Request,
    pool: PoolDep,
    side: Annotated[int, Query(ge=16, le=MAX_SIDE, description="Longest side in pixels.")] = DEFAULT_SIDE,
) -> Response:
    """Return an image small, as JPEG."""
    _, sha256 = await _held(request, image_id)
    tag = f'"{sha256.hex()}-{side}"'
    headers = {**SAFE_HEADERS, "ETag": tag}
    if _matches(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    objects: Objects = request.state.objects
    small = await pool.run(request, _thumbnail, objects, sha256, request.state.settings.max_pixels, side)
    return Response(small, headers=headers, media_type=THUMBNAIL_TYPE)


def _thumbnail(objects: Objects, sha256: bytes, max_pixels: int, side: int) -> bytes:
    try:
        data = objects.read_whole(image_path(sha256))
    except FileNotFoundError as error:
        raise NotFoundError(DELETED) from error
    return thumbnail(data, max_pixels, side)


async def _held(request: Request, image_id: UUID) -> tuple[Image, bytes]:
    # Not by the usual dependency: no connection is held while bytes are sent.
    database: Database = request.state.database
    async with database.reading() as session:
        image = await images.get(session, image_id)
    if image.sha256 is None:
        raise NotFoundError(f"Of the image only the URL is known: {image.url}.")
    return image, image.sha256


def _matches(if_none_match: str | None, tag: str) -> bool:
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or tag in {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
