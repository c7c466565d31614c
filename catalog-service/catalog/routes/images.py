"""`/images`: register, upload, find, rename, delete."""

from tempfile import SpooledTemporaryFile
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile

from catalog import images
from catalog.routes.conditions import ConditionsDep, Order, page_of_images
from catalog.routes.problems import NO_IMAGE, UNAVAILABLE
from catalog.schemas.images import ImageChange, ImageOut, NewImage
from shared.bodies import require_json
from shared.database import SessionDep
from shared.errors import problem_responses
from shared.images.inspection import ImageFacts, inspect
from shared.names import MAX_NAME_LENGTH, Name, clean
from shared.pagination import Page, PageDep
from shared.workers import PoolDep

router = APIRouter(tags=["images"], responses=UNAVAILABLE)
uploads = APIRouter(tags=["images"], responses=UNAVAILABLE)

UNNAMED = "unnamed"


@router.post(
    "/images",
    status_code=201,
    dependencies=[Depends(require_json)],
    responses=problem_responses({422: "body.url: URL scheme should be 'http' or 'https'"}),
)
async def register_image(new: NewImage, session: SessionDep, response: Response) -> ImageOut:
    """Register an image by its URL, which is not fetched."""
    image = await images.register(session, new.name, new.url, new.type)
    response.headers["Location"] = f"images/{image.id}"
    return ImageOut.of(image)


@uploads.post(
    "/images/upload",
    status_code=201,
    responses={
        200: {"description": "The image that these bytes were before", "model": ImageOut},
        **problem_responses({413: "The image has 100,000 x 100,000 pixels; at most 50,000,000 are accepted."}),
        **problem_responses({415: "The file is not an image in JPEG, PNG, WebP, GIF, BMP or TIFF format."}),
        **problem_responses({422: "The JPEG image is damaged or cut off."}),
    },
)
async def upload_image(
    request: Request,
    response: Response,
    pool: PoolDep,
    file: Annotated[UploadFile, File(description="An image in JPEG, PNG, WebP, GIF, BMP or TIFF format.")],
    name: Annotated[Name | None, Form(description="By default the file's name.")] = None,
) -> ImageOut:
    """Upload an image; type, size, width, height and perceptual hash are read from its content.

    The same bytes again are answered with the image that exists, and 200.
    """
    assert isinstance(file.file, SpooledTemporaryFile)
    facts = await pool.run(request, _inspect, file.file, request.state.settings.max_pixels)
    image, new = await images.upload(
        request.state.database, request.state.objects, file.file, facts, name or _name_of(file)
    )
    response.status_code = 201 if new else 200
    response.headers["Location"] = str(image.id)
    return ImageOut.of(image)


@router.get("/images", responses=problem_responses({404: "No tag is called Brid.", 422: "query.cursor: …"}))
async def list_images(
    session: SessionDep, page: PageDep, conditions: ConditionsDep, order: Order = "oldest"
) -> Page[ImageOut]:
    """Find the images that fulfil all conditions; all images where there are none.

    Where images that fulfil them lie far apart, a page may have fewer than `limit`, or none, though more follow: the
    list has ended only when `next_cursor` is null.
    """
    return await page_of_images(session, page, conditions, order)


@router.get("/images/{image_id:uuid}", responses=NO_IMAGE)
async def get_image(image_id: UUID, session: SessionDep) -> ImageOut:
    """Return an image."""
    return ImageOut.of(await images.get(session, image_id))


@router.patch("/images/{image_id:uuid}", dependencies=[Depends(require_json)], responses=NO_IMAGE)
async def rename_image(image_id: UUID, change: ImageChange, session: SessionDep) -> ImageOut:
    """Give an image another name."""
    return ImageOut.of(await images.rename(session, image_id, change.name))


@router.delete(
    "/images/{image_id:uuid}",
    status_code=204,
    responses={**NO_IMAGE, **problem_responses({409: "The image is part of 1 snapshot(s): delete these first."})},
)
async def delete_image(image_id: UUID, request: Request) -> None:
    """Delete an image with its labels, suggestions and bytes; one that a snapshot holds stays."""
    await images.remove(request.state.database, request.state.objects, image_id)


def _inspect(file: SpooledTemporaryFile[bytes], max_pixels: int) -> ImageFacts:
    file.seek(0)
    return inspect(file.read(), max_pixels)


def _name_of(file: UploadFile) -> str:
    """Return the file's own name as far as it can be a name."""
    printable = "".join(character for character in file.filename or "" if character.isprintable())
    try:
        return clean(printable[-MAX_NAME_LENGTH:])
    except ValueError:
        return UNNAMED
