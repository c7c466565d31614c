"""`…/agreement` and `…/duplicates`: what is wrong with a dataset before any model is trained."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Query, Request

from catalog import duplicates, ratings, tags
from catalog.agreement import Dispute, ImageDisagreement, Ratings, TagAgreement, most_disputed, tag_agreements
from catalog.labelings import Source
from catalog.routes.problems import NO_DATASET, NO_IMAGE, UNAVAILABLE
from catalog.schemas.images import ImageOut
from catalog.schemas.quality import (
    AgreementOut,
    CoefficientOut,
    DisputedImage,
    DisputeOut,
    DuplicateOut,
    DuplicatesOut,
    GroupOut,
    GroupsOut,
    PairOut,
    TagAgreementOut,
)
from catalog.schemas.tags import TagRef
from catalog.tables import Tag
from shared.database import Database, SessionDep
from shared.errors import problem_responses
from shared.workers import WorkerPool

router = APIRouter(tags=["quality"], responses=UNAVAILABLE)

MAX_SHOWN_IMAGES = 1000
Names = Mapping[UUID, Tag]
Limit = Annotated[int, Query(ge=1, le=1000, description="Most items.")]


@router.get(
    "/datasets/{dataset_id:uuid}/agreement",
    responses={**NO_DATASET, **problem_responses({422: "More than 1,000,000 ratings would be compared."})},
)
async def get_agreement(
    dataset_id: UUID,
    request: Request,
    source: Annotated[Source | None, Query(description="By default whatever people said, and no model.")] = "human",
    limit: Limit = 50,
) -> AgreementOut:
    """Tell how far people who labeled the same images agree, tag by tag, and on which images they do not.

    Each author's latest labeling counts that says all anew; a tag that somebody did not look for does not.
    """
    database: Database = request.state.database
    analyses: WorkerPool = request.state.analyses
    with analyses.place():
        async with database.reading() as session:
            found = await ratings.of_dataset(session, dataset_id, source)
        agreements, disputed = await to_thread.run_sync(_compare, found, limit)
        async with database.reading() as session:
            known = await tags.names_of(session, found.by_tag.keys())
    return AgreementOut(
        tags=[_agreement(each, known) for each in sorted(agreements, key=lambda each: known[each.tag].key)],
        disputed=[_disputed(each, known) for each in disputed],
    )


@router.get("/images/{image_id:uuid}/duplicates", responses=NO_IMAGE)
async def list_duplicates(
    image_id: UUID,
    session: SessionDep,
    max_distance: Annotated[
        int, Query(ge=0, le=duplicates.MAX_DISTANCE, description="Bits of 64 that may differ.")
    ] = duplicates.DEFAULT_DISTANCE,
    limit: Limit = 50,
) -> DuplicatesOut:
    """List the near-duplicates of an image; none if its bytes are not held, or it has but one colour."""
    found = await duplicates.of_image(session, image_id, max_distance, limit)
    return DuplicatesOut(items=[DuplicateOut(image=ImageOut.of(each.image), distance=each.distance) for each in found])


@router.get(
    "/datasets/{dataset_id:uuid}/duplicates",
    responses={**NO_DATASET, **problem_responses({422: "Duplicates are grouped among at most 200,000 images."})},
)
async def group_duplicates(
    dataset_id: UUID,
    session: SessionDep,
    request: Request,
    max_distance: Annotated[
        int, Query(ge=0, le=duplicates.MAX_GROUP_DISTANCE, description="Bits of 64 that may differ.")
    ] = duplicates.DEFAULT_DISTANCE,
    limit: Limit = 50,
) -> GroupsOut:
    """Group the near-duplicates in a dataset."""
    analyses: WorkerPool = request.state.analyses
    with analyses.place():
        found = await duplicates.groups(session, dataset_id, max_distance)
    return GroupsOut(
        groups=len(found),
        items=[
            GroupOut(size=len(group.images), images=list(group.images[:MAX_SHOWN_IMAGES])) for group in found[:limit]
        ],
    )


def _compare(found: Ratings, limit: int) -> tuple[list[TagAgreement], list[ImageDisagreement]]:
    return tag_agreements(found), most_disputed(found, limit)


def _agreement(agreement: TagAgreement, known: Names) -> TagAgreementOut:
    return TagAgreementOut(
        tag=TagRef.of(known[agreement.tag]),
        images=agreement.images,
        ratings=agreement.ratings,
        raw_agreement=agreement.raw_agreement,
        alpha=CoefficientOut.of(agreement.alpha),
        mean_kappa=CoefficientOut.of(agreement.mean_kappa),
        pairs=[
            PairOut(
                authors=pair.authors,
                images=pair.images,
                raw_agreement=pair.raw_agreement,
                kappa=CoefficientOut.of(pair.kappa),
            )
            for pair in agreement.pairs
        ],
    )


def _disputed(image: ImageDisagreement, known: Names) -> DisputedImage:
    disputes = [_dispute(dispute, known) for dispute in image.disputes]
    return DisputedImage(image=image.image, score=image.score, tags=image.tags, disputes=disputes)


def _dispute(dispute: Dispute, known: Names) -> DisputeOut:
    return DisputeOut(tag=TagRef.of(known[dispute.tag]), present=list(dispute.present), absent=list(dispute.absent))
