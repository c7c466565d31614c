"""How an image arrives in a request: as the field `file` of a form, or as the whole body."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from shared.errors import ProblemError

FORM = "multipart/form-data"
IMAGE_TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp", "image/tiff")
UNTYPED = "application/octet-stream"
MAX_FIELDS = 100
MAX_IMAGES = 64
"""In one request."""

_FILE = {"type": "string", "format": "binary"}
REQUEST_BODY: dict[str, Any] = {
    "required": True,
    "description": "An image in JPEG, PNG, WebP, GIF, BMP or TIFF format.",
    "content": {
        FORM: {
            "schema": {"type": "object", "required": ["file"], "properties": {"file": _FILE}},
            "encoding": {"file": {"contentType": ", ".join(IMAGE_TYPES)}},
        },
        **{media_type: {"schema": _FILE} for media_type in (*IMAGE_TYPES, UNTYPED)},
    },
}
"""For OpenAPI, which FastAPI cannot derive from a body that is parsed by hand."""
BATCH_BODY: dict[str, Any] = {
    "required": True,
    "description": f"Up to {MAX_IMAGES} images in JPEG, PNG, WebP, GIF, BMP or TIFF format.",
    "content": {
        FORM: {
            "schema": {
                "type": "object",
                "required": ["files"],
                "properties": {"files": {"type": "array", "items": _FILE, "minItems": 1, "maxItems": MAX_IMAGES}},
            },
            "encoding": {"files": {"contentType": ", ".join(IMAGE_TYPES)}},
        },
    },
}


@dataclass(frozen=True)
class SentImage:
    """One of several images in a request."""

    name: str | None
    data: bytes


async def read_image(request: Request) -> bytes:
    """Return the bytes of the image in `request`; the decoder will decide whether they are one.

    Answers 415 for a type of body that can hold no image and 422 where there is none.
    """
    media_type = request.headers.get("content-type", UNTYPED).partition(";")[0].strip().lower()
    if media_type == FORM:
        return await _read_form(request)
    if not (media_type.startswith("image/") or media_type == UNTYPED or _is_empty(request)):
        raise ProblemError(
            415, f"The body must be an image ({', '.join(IMAGE_TYPES)}) or {FORM} with a `file`, not {media_type}."
        )
    data = await request.body()
    if not data:
        raise _invalid("there is no image: the body is empty", "body")
    return data


UploadedImage = Annotated[bytes, Depends(read_image)]


async def read_images(request: Request) -> list[SentImage]:
    """Return the images in `request`, which may be empty; answers 415 and 422 as `read_image` does."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != FORM:
        raise ProblemError(415, f"The body must be {FORM} with `files`, not {media_type or 'of no type'}.")
    async with _form(request, MAX_IMAGES) as form:
        files = form.getlist("files")
        if not files:
            raise _invalid(_absence(form), "body", "files")
        if not all(isinstance(file, UploadFile) for file in files):
            raise _invalid("a file with a name is needed, not text", "body", "files")
        return [SentImage(file.filename, await file.read()) for file in files if isinstance(file, UploadFile)]


UploadedImages = Annotated[list[SentImage], Depends(read_images)]


async def _read_form(request: Request) -> bytes:
    async with _form(request, 1) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise _invalid("a file with a name is needed, not text" if file is not None else _absence(form))
        data = await file.read()
    if not data:
        raise _invalid("there is no image: the file is empty")
    return data


@asynccontextmanager
async def _form(request: Request, max_files: int) -> AsyncIterator[FormData]:
    try:
        async with request.form(max_files=max_files, max_fields=MAX_FIELDS) as form:
            yield form
    except HTTPException as error:
        if error.status_code != 400:
            raise
        raise _invalid(f"the form cannot be read: {error.detail}", "body") from error


def _absence(form: FormData) -> str:
    # A part without an end never becomes a field, and the parser does not tell a form that was cut off.
    return "there is no file" if form else "there is no file: the form is empty or cut off"


def _is_empty(request: Request) -> bool:
    return request.headers.get("content-length", "0") == "0" and "transfer-encoding" not in request.headers


def _invalid(message: str, *location: str) -> RequestValidationError:
    return RequestValidationError([{"loc": location or ("body", "file"), "msg": message}])
