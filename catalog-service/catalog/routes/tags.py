"""`/tags`: create, list, rename, merge."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from catalog import tags
from catalog.conditions import Conditions
from catalog.routes.conditions import Order, page_of_images
from catalog.routes.problems import UNAVAILABLE
from catalog.schemas.images import ImageOut
from catalog.schemas.tags import Merge, TagName, TagOut
from shared.bodies import require_json
from shared.database import SessionDep
from shared.errors import problem_responses
from shared.names import Name
from shared.pagination import Page, PageDep

router = APIRouter(tags=["tags"], responses=UNAVAILABLE)

NO_TAG = problem_responses({404: "No tag has the id 019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1."})
TAKEN = problem_responses({409: "A tag is called Bird already."})


@router.post("/tags", status_code=201, dependencies=[Depends(require_json)], responses=TAKEN)
async def create_tag(new: TagName, session: SessionDep, response: Response) -> TagOut:
    """Create a tag."""
    tag = await tags.create(session, new.name)
    response.headers["Location"] = f"tags/{tag.id}"
    return TagOut.of_counted(tags.CountedTag(tag, 0))


@router.get("/tags")
async def list_tags(
    session: SessionDep, page: PageDep, prefix: Annotated[Name | None, Query(description="How it begins.")] = None
) -> Page[TagOut]:
    """List the tags by name, each with the number of images that have it."""
    found = await tags.list_tags(session, prefix or "", page.after(str), page.limit + 1)
    keys = {counted.tag.id: counted.tag.key for counted in found}
    return page.page([TagOut.of_counted(counted) for counted in found], lambda tag: keys[tag.id])


@router.get("/tags/{tag_id:uuid}", responses=NO_TAG)
async def get_tag(tag_id: UUID, session: SessionDep) -> TagOut:
    """Return a tag, or the one that it was merged into."""
    return TagOut.of_counted(await tags.get(session, tag_id))


@router.patch("/tags/{tag_id:uuid}", dependencies=[Depends(require_json)], responses={**NO_TAG, **TAKEN})
async def rename_tag(tag_id: UUID, change: TagName, session: SessionDep) -> TagOut:
    """Give a tag another name; the labels stay."""
    return TagOut.of_counted(await tags.rename(session, tag_id, change.name))


@router.post(
    "/tags/{tag_id:uuid}/merge",
    dependencies=[Depends(require_json)],
    responses={**NO_TAG, **problem_responses({409: "The tag Kitty has been merged into another already."})},
)
async def merge_tag(tag_id: UUID, merge: Merge, session: SessionDep) -> TagOut:
    """Merge the tag into another one: what has the one has the other, and its name becomes a synonym."""
    return TagOut.of_counted(await tags.merge(session, tag_id, merge.into))


@router.get("/tags/{tag_id:uuid}/images", responses=NO_TAG)
async def list_tagged_images(
    tag_id: UUID, session: SessionDep, page: PageDep, order: Order = "oldest"
) -> Page[ImageOut]:
    """Page through the images that have the tag."""
    tag = (await tags.get(session, tag_id)).tag
    return await page_of_images(session, page, Conditions(present=(tag.name,)), order)
