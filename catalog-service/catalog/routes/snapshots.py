"""`/snapshots`: datasets as they were."""

import re
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response

from catalog import datasets, freezing, snapshots
from catalog.routes.problems import NO_DATASET, UNAVAILABLE
from catalog.schemas.datasets import DifferenceOut, DifferencesOut, NewSnapshot, SnapshotImageOut, SnapshotOut
from shared.bodies import require_json
from shared.database import SessionDep
from shared.errors import problem_responses
from shared.jobs.routes import ACCEPTED, accepted
from shared.pagination import Page, PageDep

router = APIRouter(tags=["snapshots"], responses=UNAVAILABLE)

NO_SNAPSHOT = problem_responses({404: "No snapshot has the id 019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1."})
Prefer = Annotated[list[str] | None, Header(description="`respond-async` (RFC 7240): freeze it in the background.")]
_QUOTED = re.compile(r'"(?:\\.?|[^"\\])*"?')  # to the end where it is not closed, lest each quote is tried
Newer = Annotated[UUID, Query(alias="to", description="The other snapshot, the newer one.")]


@router.post(
    "/datasets/{dataset_id:uuid}/snapshots",
    status_code=201,
    dependencies=[Depends(require_json)],
    response_model=SnapshotOut,
    responses={
        200: {"description": "The snapshot with the same content", "model": SnapshotOut},
        **ACCEPTED,
        **NO_DATASET,
    },
)
async def create_snapshot(
    dataset_id: UUID, new: NewSnapshot, session: SessionDep, response: Response, prefer: Prefer = None
) -> SnapshotOut | Response:
    """Freeze a dataset: its images, their names, and the version of the labels of each, as they are at one moment.

    Where nothing has changed since an earlier snapshot of the dataset, that one is returned, and 200.

    A dataset of more than 10,000 images is frozen by a background job, and any with `Prefer: respond-async`. The moment
    is then when the job begins; its `result` has the snapshot, which is there when its hash is known.
    """
    in_background = _prefers_async(prefer or ())
    job = await freezing.queue(session, dataset_id, new.comment, anyway=in_background)
    if job is not None:
        answer = accepted(job, f"../../jobs/{job.id}")
        if in_background:
            answer.headers["Preference-Applied"] = "respond-async"
        return answer
    snapshot, created = await freezing.create(session, dataset_id, new.comment)
    response.status_code = 201 if created else 200
    response.headers["Location"] = f"../../snapshots/{snapshot.id}"
    return SnapshotOut.of(snapshot)


@router.get("/datasets/{dataset_id:uuid}/snapshots", responses=NO_DATASET)
async def list_snapshots(dataset_id: UUID, session: SessionDep, page: PageDep) -> Page[SnapshotOut]:
    """List the snapshots of a dataset, the newest first."""
    await datasets.get(session, dataset_id)
    found = await snapshots.list_snapshots(session, dataset_id, page.after(UUID), page.limit + 1)
    return page.page([SnapshotOut.of(snapshot) for snapshot in found], lambda snapshot: snapshot.id)


@router.get("/snapshots/{snapshot_id:uuid}", responses=NO_SNAPSHOT)
async def get_snapshot(snapshot_id: UUID, session: SessionDep) -> SnapshotOut:
    """Return a snapshot."""
    return SnapshotOut.of(await snapshots.get(session, snapshot_id))


@router.delete("/snapshots/{snapshot_id:uuid}", status_code=204, responses=NO_SNAPSHOT)
async def delete_snapshot(snapshot_id: UUID, session: SessionDep) -> None:
    """Delete a snapshot: what was trained on it can no longer be traced."""
    await snapshots.remove(session, snapshot_id)


@router.get("/snapshots/{snapshot_id:uuid}/images", responses=NO_SNAPSHOT)
async def list_snapshot_images(snapshot_id: UUID, session: SessionDep, page: PageDep) -> Page[SnapshotImageOut]:
    """Page through the images of a snapshot."""
    found = await snapshots.list_images(session, snapshot_id, page.after(UUID), page.limit + 1)
    items = [SnapshotImageOut(image=member.image_id, name=member.name, labeling=member.version) for _, member in found]
    return page.page(items, lambda item: item.image)


@router.get("/snapshots/{snapshot_id:uuid}/diff", responses=NO_SNAPSHOT)
async def diff_snapshots(snapshot_id: UUID, newer: Newer, session: SessionDep, page: PageDep) -> Page[DifferenceOut]:
    """Page through the images that came, went, or have other labels in the newer snapshot."""
    found = await snapshots.diff(session, snapshot_id, newer, page.after(UUID), page.limit + 1)
    return page.page([DifferenceOut.of(difference) for difference in found], lambda item: item.image.id)


@router.get("/snapshots/{snapshot_id:uuid}/diff/counts", responses=NO_SNAPSHOT)
async def count_differences(snapshot_id: UUID, newer: Newer, session: SessionDep) -> DifferencesOut:
    """Count the images that came, went, or have other labels in the newer snapshot."""
    counts = await snapshots.count_differences(session, snapshot_id, newer)
    return DifferencesOut(added=counts.added, removed=counts.removed, relabeled=counts.relabeled)


def _prefers_async(prefer: Sequence[str]) -> bool:
    preferences = _QUOTED.sub("", ",".join(prefer)).split(",")
    return any(each.partition(";")[0].strip(" \t=").lower() == "respond-async" for each in preferences)
