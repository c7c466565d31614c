"""The query parameters that images are found by, and the page that they find."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog.conditions import Conditions
from catalog.schemas.conditions import Filter
from catalog.schemas.images import ImageOut
from catalog.search import search
from shared.pagination import Page, PageRequest


# It awaits nothing, but what is not `async` would go to a thread and back.
async def _conditions(query: Annotated[Filter, Query()]) -> Conditions:
    return query.conditions


ConditionsDep = Annotated[Conditions, Depends(_conditions)]
"""Dependency: the conditions in the query."""

Order = Annotated[Literal["oldest", "newest"], Query(description="Which comes first.")]


async def page_of_images(
    session: AsyncSession, page: PageRequest, conditions: Conditions, order: Order
) -> Page[ImageOut]:
    """Return the page of the images that fulfil the conditions; shorter than asked for where they lie far apart."""
    after = page.after(UUID)
    found = await search(session, conditions, after, page.limit + 1, newest_first=order == "newest")
    return page.page([ImageOut.of(image) for image in found.images], lambda image: image.id, found.end)
