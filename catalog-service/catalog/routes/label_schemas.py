"""`/label-schemas`: what is looked for, and what is left to look at."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog import datasets, label_schemas, tags, worklists
from catalog.routes.problems import UNAVAILABLE
from catalog.schemas.images import ImageOut
from catalog.schemas.label_schemas import (
    LabelSchemaChange,
    LabelSchemaOut,
    LabelSchemaVersionOut,
    NewLabelSchema,
    NewVersion,
    WorklistItem,
)
from catalog.schemas.tags import TagRef
from catalog.tables import LabelSchemaVersion, Tag
from shared.bodies import require_json
from shared.database import SessionDep
from shared.errors import problem_responses
from shared.pagination import Page, PageDep, ShortPageDep

router = APIRouter(tags=["label schemas"], responses=UNAVAILABLE)

JSON = [Depends(require_json)]
NO_SCHEMA = problem_responses({404: "No label schema has the id 019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1."})
TAKEN = problem_responses({409: "A label schema is called Garden animals already."})
STALE = problem_responses({409: "The label schema is at version 2, no longer at 1: look again."})


@router.post("/label-schemas", status_code=201, dependencies=JSON, responses=TAKEN)
async def create_label_schema(new: NewLabelSchema, session: SessionDep, response: Response) -> LabelSchemaOut:
    """Create a label schema: a named set of tags to look for."""
    schema = await label_schemas.create(session, new.name, new.description, new.tags)
    response.headers["Location"] = f"label-schemas/{schema.id}"
    return LabelSchemaOut.of(schema)


@router.get("/label-schemas")
async def list_label_schemas(session: SessionDep, page: PageDep) -> Page[LabelSchemaOut]:
    """List the label schemas by name."""
    found = await label_schemas.list_schemas(session, page.after(str), page.limit + 1)
    keys = {schema.id: schema.key for schema in found}
    return page.page([LabelSchemaOut.of(schema) for schema in found], lambda schema: keys[schema.id])


@router.get("/label-schemas/{schema_id:uuid}", responses=NO_SCHEMA)
async def get_label_schema(schema_id: UUID, session: SessionDep) -> LabelSchemaOut:
    """Return a label schema."""
    return LabelSchemaOut.of(await label_schemas.get(session, schema_id))


@router.patch("/label-schemas/{schema_id:uuid}", dependencies=JSON, responses={**NO_SCHEMA, **TAKEN})
async def change_label_schema(schema_id: UUID, change: LabelSchemaChange, session: SessionDep) -> LabelSchemaOut:
    """Change the name or the description of a label schema."""
    return LabelSchemaOut.of(await label_schemas.rename(session, schema_id, change.name, change.description))


@router.post(
    "/label-schemas/{schema_id:uuid}/versions", status_code=201, dependencies=JSON, responses={**NO_SCHEMA, **STALE}
)
async def add_label_schema_version(schema_id: UUID, new: NewVersion, session: SessionDep) -> LabelSchemaVersionOut:
    """Add a version: with more tags, the images labeled under an older one come onto the worklist."""
    added = await label_schemas.add_version(session, schema_id, new.tags, new.comment, new.base_version)
    return (await _shown(session, [added]))[0]


@router.get("/label-schemas/{schema_id:uuid}/versions", responses=NO_SCHEMA)
async def list_label_schema_versions(
    schema_id: UUID, session: SessionDep, page: ShortPageDep
) -> Page[LabelSchemaVersionOut]:
    """List the versions of a label schema with their tags, the newest first."""
    found = await label_schemas.list_versions(session, schema_id, page.after(int), page.limit + 1)
    return page.page(await _shown(session, found), lambda version: version.version)


@router.get("/label-schemas/{schema_id:uuid}/worklist", responses=NO_SCHEMA)
async def get_worklist(
    schema_id: UUID,
    session: SessionDep,
    page: ShortPageDep,
    dataset: Annotated[
        UUID | None, Query(description="All images of this dataset, also those never looked at.")
    ] = None,
) -> Page[WorklistItem]:
    """List the images that have to be looked at again, each with the tags of the newest version that are unknown.

    These are the images last labeled under this label schema; with `dataset`, all images in it.
    """
    version = await label_schemas.get_version(session, schema_id)
    found = await worklists.unfinished(session, version, dataset, page.after(UUID), page.limit + 1)
    if dataset and not found:  # where there are any, it exists
        await datasets.get(session, dataset)
    refs = TagRef.by_name({tag_id: tag for item in found for tag_id, tag in item.missing.items()}.values())
    items = [
        WorklistItem(image=ImageOut.of(item.image), missing=[ref for ref in refs if ref.id in item.missing])
        for item in found
    ]
    return page.page(items, lambda item: item.image.id)


async def _shown(session: AsyncSession, found: Sequence[LabelSchemaVersion]) -> list[LabelSchemaVersionOut]:
    known: Mapping[UUID, Tag] = await tags.names_of(session, {tag for version in found for tag in version.tag_ids})
    return [
        LabelSchemaVersionOut(
            label_schema=version.label_schema_id,
            version=version.version,
            tags=TagRef.by_name({known[tag].id: known[tag] for tag in version.tag_ids}.values()),
            comment=version.comment,
            created_at=version.created_at,
        )
        for version in found
    ]
