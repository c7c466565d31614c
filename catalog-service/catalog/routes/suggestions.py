"""`/images/{id}/suggestions`: what a model says, and what people make of it."""

from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from catalog import images, labelings, suggesting, suggestions
from catalog.routes.labelings import shown
from catalog.routes.problems import NO_DATASET, NO_IMAGE, STALE, UNAVAILABLE
from catalog.schemas.labelings import LabelingOut
from catalog.schemas.suggestions import Accepting, SuggestionOut
from catalog.suggestions import Suggester
from shared.bodies import require_json
from shared.database import Database, SessionDep
from shared.errors import problem_responses
from shared.jobs.schemas import JobOut
from shared.pagination import Page, PageDep

router = APIRouter(tags=["suggestions"], responses=UNAVAILABLE)

AWAY = problem_responses(
    {
        422: "Nothing may be fetched from images.example.org: the operator's CATALOG_FETCH_HOSTS does not name it.",
        502: "The file took longer than 30 seconds.",
        503: "The vision service does not answer; try again in a moment.",
    }
)


@router.post("/images/{image_id:uuid}/suggestions", status_code=201, responses={**NO_IMAGE, **AWAY})
async def suggest_tags(image_id: UUID, request: Request) -> list[SuggestionOut]:
    """Ask the vision service about an image and keep what it says, the likeliest first."""
    database: Database = request.state.database
    suggester: Suggester = request.state.suggester
    async with database.session() as session:  # not held while the other service works
        image = await images.get(session, image_id)
    prediction = await suggester.ask(image)
    async with database.session() as session:
        found = await suggestions.store(session, image_id, prediction)
    return [SuggestionOut.of(suggestion) for suggestion in found]


@router.get("/images/{image_id:uuid}/suggestions", responses=NO_IMAGE)
async def list_suggestions(image_id: UUID, session: SessionDep, page: PageDep) -> Page[SuggestionOut]:
    """List what was suggested for an image, the newest first."""
    found = await suggestions.list_suggestions(session, image_id, page.after(UUID), page.limit + 1)
    return page.page([SuggestionOut.of(suggestion) for suggestion in found], lambda suggestion: suggestion.id)


@router.post(
    "/images/{image_id:uuid}/suggestions/accept",
    status_code=201,
    dependencies=[Depends(require_json)],
    responses={**NO_IMAGE, **STALE},
)
async def accept_suggestions(image_id: UUID, accepting: Accepting, session: SessionDep) -> LabelingOut:
    """Make labels of suggestions: the image's next version is the latest with their tags besides."""
    state = await suggestions.accept(
        session, image_id, accepting.suggestions, accepting.provenance, accepting.base_version
    )
    return await shown(session, await labelings.get(session, image_id, state.version))


@router.post("/datasets/{dataset_id:uuid}/suggestions", status_code=202, responses=NO_DATASET)
async def suggest_for_dataset(dataset_id: UUID, session: SessionDep, response: Response) -> JobOut:
    """Ask about all images of a dataset, by a background job."""
    job = await suggesting.create(session, dataset_id)
    response.headers["Location"] = f"../../jobs/{job.id}"
    return JobOut.of(job)
