"""`/datasets`: collections of images."""

from uuid import UUID

from fastapi import APIRouter, Depends, Response

from catalog import datasets, moving
from catalog.conditions import Conditions
from catalog.routes.conditions import Order, page_of_images
from catalog.routes.problems import NO_DATASET, NO_IMAGE, UNAVAILABLE
from catalog.schemas.datasets import DatasetChange, DatasetOut, Moved, NewDataset, Selection
from catalog.schemas.images import ImageOut
from shared.bodies import require_json
from shared.database import SessionDep
from shared.errors import problem_responses
from shared.jobs.routes import ACCEPTED, accepted
from shared.pagination import Page, PageDep

router = APIRouter(tags=["datasets"], responses=UNAVAILABLE)

JSON = [Depends(require_json)]
TAKEN = problem_responses({409: "A dataset is called Garden birds already."})


@router.post("/datasets", status_code=201, dependencies=JSON, responses=TAKEN)
async def create_dataset(new: NewDataset, session: SessionDep, response: Response) -> DatasetOut:
    """Create an empty dataset."""
    created = await datasets.create(session, new.name, new.description)
    response.headers["Location"] = f"datasets/{created.dataset.id}"
    return DatasetOut.of(created)


@router.get("/datasets")
async def list_datasets(session: SessionDep, page: PageDep) -> Page[DatasetOut]:
    """List the datasets by name, each with its number of images."""
    found = await datasets.list_datasets(session, page.after(str), page.limit + 1)
    keys = {counted.dataset.id: counted.dataset.key for counted in found}
    return page.page([DatasetOut.of(counted) for counted in found], lambda dataset: keys[dataset.id])


@router.get("/datasets/{dataset_id:uuid}", responses=NO_DATASET)
async def get_dataset(dataset_id: UUID, session: SessionDep) -> DatasetOut:
    """Return a dataset."""
    return DatasetOut.of(await datasets.get(session, dataset_id))


@router.patch("/datasets/{dataset_id:uuid}", dependencies=JSON, responses={**NO_DATASET, **TAKEN})
async def change_dataset(dataset_id: UUID, change: DatasetChange, session: SessionDep) -> DatasetOut:
    """Change the name or the description of a dataset."""
    return DatasetOut.of(await datasets.change(session, dataset_id, change.name, change.description))


@router.delete(
    "/datasets/{dataset_id:uuid}",
    status_code=204,
    responses={**NO_DATASET, **problem_responses({409: "The dataset has 2 snapshot(s): delete these first."})},
)
async def delete_dataset(dataset_id: UUID, session: SessionDep) -> None:
    """Delete a dataset; its images stay. One with snapshots stays too."""
    await datasets.remove(session, dataset_id)


@router.get("/datasets/{dataset_id:uuid}/images", responses=NO_DATASET)
async def list_dataset_images(
    dataset_id: UUID, session: SessionDep, page: PageDep, order: Order = "oldest"
) -> Page[ImageOut]:
    """Page through the images of a dataset; `GET /images?dataset=` takes further conditions."""
    await datasets.get(session, dataset_id)
    return await page_of_images(session, page, Conditions(dataset_id=dataset_id), order)


@router.post(
    "/datasets/{dataset_id:uuid}/images",
    dependencies=JSON,
    response_model=Moved,
    responses={**ACCEPTED, **NO_DATASET, **NO_IMAGE},
)
async def add_images(dataset_id: UUID, selection: Selection, session: SessionDep) -> Moved | Response:
    """Add images to a dataset, up to 1,000 by their ids or all that a filter finds.

    Of those that a filter finds the first 10,000 are added at once, and a background job goes on with the others. What
    is registered or labeled meanwhile counts where the job has not been yet; a tag that is renamed or merged meanwhile
    stays the one that was asked for.
    """
    if selection.filter is not None:
        changed, job = await moving.move(session, "add_images", dataset_id, selection.filter.conditions)
        return Moved(changed=changed) if job is None else accepted(job, f"../../jobs/{job.id}")
    return Moved(changed=await datasets.add_images(session, dataset_id, selection.images or []))


@router.post(
    "/datasets/{dataset_id:uuid}/images/remove",
    dependencies=JSON,
    response_model=Moved,
    responses={**ACCEPTED, **NO_DATASET},
)
async def remove_images(dataset_id: UUID, selection: Selection, session: SessionDep) -> Moved | Response:
    """Take images out of a dataset, up to 1,000 by their ids or all that a filter finds: many as they are added."""
    if selection.filter is not None:
        changed, job = await moving.move(session, "remove_images", dataset_id, selection.filter.conditions)
        return Moved(changed=changed) if job is None else accepted(job, f"../../../jobs/{job.id}")
    return Moved(changed=await datasets.remove_images(session, dataset_id, selection.images or []))


@router.put("/datasets/{dataset_id:uuid}/images/{image_id:uuid}", status_code=204, responses={**NO_DATASET, **NO_IMAGE})
async def add_image(dataset_id: UUID, image_id: UUID, session: SessionDep) -> None:
    """Add an image to a dataset, if it is not in it."""
    await datasets.add_images(session, dataset_id, [image_id])


@router.delete("/datasets/{dataset_id:uuid}/images/{image_id:uuid}", status_code=204, responses=NO_DATASET)
async def remove_image(dataset_id: UUID, image_id: UUID, session: SessionDep) -> None:
    """Take an image out of a dataset, if it is in it."""
    await datasets.remove_images(session, dataset_id, [image_id])
