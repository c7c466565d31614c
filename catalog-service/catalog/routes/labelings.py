"""`/images/{id}/labelings` and what follows from them: an image's labels and tags, and the same of many images."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog import annotations, images, label_schemas, labelings, states, tags
from catalog.routes.problems import NO_IMAGE, STALE, UNAVAILABLE
from catalog.schemas.labelings import (
    AnnotationsOut,
    LabelingDiff,
    LabelingOut,
    LabelsOut,
    NewAnnotations,
    NewLabeling,
    NewTagging,
    Restoring,
    SchemaRef,
)
from catalog.schemas.provenance import MAX_VERSION
from catalog.schemas.tags import TagRef
from catalog.tables import Labeling
from shared.bodies import require_json
from shared.database import SessionDep
from shared.errors import problem_responses
from shared.names import Name
from shared.pagination import Page, ShortPageDep

router = APIRouter(tags=["labelings"], responses=UNAVAILABLE)

NO_LABELING = problem_responses({404: "The image 019aa1b2-… has no labeling of version 7."})
JSON = [Depends(require_json)]
Version = Annotated[int, Path(ge=1, le=MAX_VERSION)]


@router.post("/images/{image_id:uuid}/labelings", status_code=201, dependencies=JSON, responses={**NO_IMAGE, **STALE})
async def label_image(image_id: UUID, new: NewLabeling, session: SessionDep, response: Response) -> LabelingOut:
    """Say all labels of an image in one operation, as its next version.

    Under a label schema each of its tags becomes present or absent. What was neither looked for nor found is unknown.
    """
    version = None
    if new.label_schema:
        version = await label_schemas.get_version(session, new.label_schema, new.label_schema_version)
    known = await tags.ensure(session, [*new.tags, *new.absent])
    present, absent = tags.pick(known, new.tags), tags.pick(known, new.absent)
    state = await annotations.label(session, image_id, present, absent, version, new.provenance, new.base_version)
    response.headers["Location"] = f"labelings/{state.version}"
    return await shown(session, await labelings.get(session, image_id, state.version))


@router.get("/images/{image_id:uuid}/labelings", responses=NO_IMAGE)
async def list_labelings(image_id: UUID, session: SessionDep, page: ShortPageDep) -> Page[LabelingOut]:
    """List all versions of an image's labels, the latest first."""
    found = await labelings.history(session, image_id, page.after(int), page.limit + 1)
    return page.page(await _all_shown(session, found), lambda labeling: labeling.version)


@router.get("/images/{image_id:uuid}/labelings/diff", responses=NO_LABELING)
async def diff_labelings(
    image_id: UUID,
    session: SessionDep,
    older: Annotated[int, Query(alias="from", ge=0, le=MAX_VERSION, description="0: before the first.")],
    newer: Annotated[int, Query(alias="to", ge=0, le=MAX_VERSION)],
) -> LabelingDiff:
    """Tell what became present, absent or unknown between two versions."""
    await images.get(session, image_id)
    changed = await states.diff(session, image_id, older, newer)
    return LabelingDiff(
        from_version=older,
        to_version=newer,
        became_present=TagRef.by_name(changed.became_present),
        became_absent=TagRef.by_name(changed.became_absent),
        became_unknown=TagRef.by_name(changed.became_unknown),
    )


@router.get("/images/{image_id:uuid}/labelings/{version}", responses=NO_LABELING)
async def get_labeling(image_id: UUID, version: Version, session: SessionDep) -> LabelingOut:
    """Return one version of an image's labels."""
    return await shown(session, await labelings.get(session, image_id, version))


@router.post(
    "/images/{image_id:uuid}/labelings/{version}/restore",
    status_code=201,
    dependencies=JSON,
    responses={**NO_LABELING, **STALE},
)
async def restore_labeling(image_id: UUID, version: Version, who: Restoring, session: SessionDep) -> LabelingOut:
    """Say again what a version said, as the next version."""
    state = await labelings.restore(session, image_id, version, who.provenance, who.base_version)
    return await shown(session, await labelings.get(session, image_id, state.version))


@router.get("/images/{image_id:uuid}/labels", responses=NO_IMAGE)
async def get_labels(image_id: UUID, session: SessionDep) -> LabelsOut:
    """Tell which tags are present, absent, or unknown because nobody looked."""
    found = await states.of_image(session, image_id)
    return LabelsOut(
        labeling=found.version,
        present=TagRef.by_name(found.present),
        absent=TagRef.by_name(found.absent),
        unknown=TagRef.by_name(found.unknown),
        unknown_complete=found.unknown_complete,
    )


@router.get("/images/{image_id:uuid}/tags", responses=NO_IMAGE)
async def list_tags_of_image(image_id: UUID, session: SessionDep) -> list[TagRef]:
    """List the tags that an image has, by name."""
    return TagRef.by_name(await states.present_on(session, image_id))


@router.post("/images/{image_id:uuid}/tags", dependencies=JSON, responses={**NO_IMAGE, **STALE})
async def tag_image(image_id: UUID, new: NewTagging, session: SessionDep) -> list[TagRef]:
    """Tag an image: its next version is the latest with this tag besides. Return the tags that it has then."""
    added = labelings.adding((await tags.ensure(session, [new.tag])).values())
    await labelings.relabel(session, [image_id], added, new.provenance, new.base_version)
    return TagRef.by_name(await states.present_on(session, image_id))


@router.delete("/images/{image_id:uuid}/tags/{tag_id:uuid}", responses=NO_IMAGE)
async def untag_image(
    image_id: UUID, tag_id: UUID, session: SessionDep, author: Annotated[Name, Query()] = "anonymous"
) -> list[TagRef]:
    """Untag an image: its next version is the latest without this tag. Return the tags that it has then."""
    tag = (await tags.get(session, tag_id)).tag
    await labelings.relabel(session, [image_id], labelings.removing(tag.id), labelings.Provenance(author))
    return TagRef.by_name(await states.present_on(session, image_id))


@router.post("/labelings", dependencies=JSON, responses=NO_IMAGE)
async def annotate_images(new: NewAnnotations, session: SessionDep) -> AnnotationsOut:
    """Say of many images that tags are there, or were looked for and are not; what is not named stays."""
    version = await label_schemas.get_version(session, new.label_schema) if new.label_schema else None
    known = await tags.ensure(session, [*new.present, *new.absent])
    present, absent = tags.pick(known, new.present), tags.pick(known, new.absent)
    done = await annotations.annotate(session, new.images, present, absent, version, new.provenance)
    return AnnotationsOut(changed=done.changed, unchanged=done.unchanged, contradicting=done.contradicting)


async def shown(session: AsyncSession, labeling: Labeling) -> LabelingOut:
    return (await _all_shown(session, [labeling]))[0]


async def _all_shown(session: AsyncSession, found: Sequence[Labeling]) -> list[LabelingOut]:
    described = await states.describe(session, found)
    return [_out(labeling, described) for labeling in found]


def _out(labeling: Labeling, described: states.Descriptions) -> LabelingOut:
    present, absent = described.states(labeling)
    schema = described.label_schema(labeling)
    return LabelingOut(
        image=labeling.image_id,
        version=labeling.version,
        tags=TagRef.by_name(present),
        absent=TagRef.by_name(absent),
        label_schema=SchemaRef(id=schema.id, name=schema.name, version=schema.version) if schema else None,
        author=labeling.author,
        source=labeling.source,
        comment=labeling.comment,
        restored=labeling.restored,
        whole=labeling.whole,
        created_at=labeling.created_at,
    )
