"""`/imports`: files of images and labels."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response

from catalog.imports import importing
from catalog.routes.problems import NO_DATASET, UNAVAILABLE
from shared.errors import ProblemError, problem_responses
from shared.jobs.schemas import JobOut
from shared.names import Name

router = APIRouter(tags=["imports"], responses=UNAVAILABLE)

FORMATS: dict[str, importing.FileFormat] = {
    "application/x-ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "text/csv": "csv",
}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "One image a line: `url`, `name` and `type` of a new one, or `id` or `sha256` of one that is "
        "there; `tags` and `absent` if it is labeled, `author`, `source` and `comment`. Exports can be imported.",
        "content": {
            "application/x-ndjson": {
                "schema": {"type": "string"},
                "example": '{"name": "a.jpg", "url": "https://images.example.org/a.jpg", "type": "image/jpeg", '
                '"tags": ["Cat"], "absent": ["Bird"]}\n',
            },
            "text/csv": {
                "schema": {"type": "string"},
                "example": "name,url,type,tags,absent\na.jpg,https://images.example.org/a.jpg,image/jpeg,Cat;Dog,Bird\n",
            },
        },
    }
}


@router.post(
    "/imports",
    status_code=202,
    openapi_extra=BODY,
    responses={
        200: {"description": "The import that has this key already", "model": JobOut},
        **NO_DATASET,
        **problem_responses({415: "The body must be application/x-ndjson or text/csv, not text/plain."}),
        **problem_responses({422: "This Idempotency-Key belongs to an import of another file."}),
    },
)
async def import_file(
    request: Request,
    response: Response,
    author: Annotated[Name, Query(description="Who says what the file says, where a row names nobody.")] = "import",
    dataset: Annotated[UUID | None, Query(description="Add all its images to this dataset.")] = None,
    label_schema: Annotated[
        UUID | None, Query(description="What was looked for on every labeled image: its newest version.")
    ] = None,
    idempotency_key: Annotated[
        str | None,
        Header(min_length=1, max_length=255, pattern=r"^[!-~]+$", description="The same again imports nothing twice."),
    ] = None,
) -> JobOut:
    """Import a file of images and labels, by a background job; rows that are wrong are reported, the others go in."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in FORMATS:
        raise ProblemError(415, f"The body must be application/x-ndjson or text/csv, not {media_type or 'of no type'}.")
    wanted = importing.Request(FORMATS[media_type], author, dataset, label_schema)
    job, new = await importing.create(
        request.state.database, request.state.objects, wanted, request.stream(), idempotency_key
    )
    response.status_code = 202 if new else 200
    response.headers["Location"] = f"jobs/{job.id}"
    return JobOut.of(job)
