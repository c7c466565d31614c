"""The job that asks the vision service about all images of a dataset."""

import asyncio
from contextlib import suppress
from functools import partial
from typing import Final
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from catalog import datasets, suggestions
from catalog.clients.vision import Prediction, UnpredictableImageError
from catalog.conditions import Conditions
from catalog.fetching import FetchError
from catalog.search import search
from catalog.suggestions import Suggester
from catalog.tables import Image
from shared import jobs
from shared.database import Database
from shared.jobs import Failure, Step
from shared.jobs.tables import Job
from shared.refusals import NotFoundError

KIND: Final = "suggest"
BATCH_IMAGES: Final = 16


async def create(session: AsyncSession, dataset_id: UUID) -> Job:
    """Queue the job; raises NotFoundError."""
    counted = await datasets.get(session, dataset_id)
    return await jobs.create(session, KIND, {"dataset": str(dataset_id)}, counted.images)


class SuggestionSteps:
    """Makes the steps of such a job, some images each."""

    def __init__(self, database: Database, suggester: Suggester) -> None:
        self._database = database
        self._suggester = suggester

    async def __call__(self, job: Job) -> Step | None:
        """Ask about the images after the job's position.

        Raises ServiceUnavailableError, and NotFoundError if the dataset is no longer there.
        """
        conditions = Conditions(dataset_id=UUID(job.request["dataset"]))
        after = UUID(job.position["after"]) if job.position else None
        async with self._database.session() as session:
            images = (await search(session, conditions, after, BATCH_IMAGES)).images
            if not images:
                await datasets.get(session, UUID(job.request["dataset"]))
                return None
        outcomes = await asyncio.gather(*(self._ask(image) for image in images), return_exceptions=True)
        if isinstance(outcomes[0], BaseException):
            raise outcomes[0]
        answers: dict[UUID, Prediction] = {}
        failures: list[Failure] = []
        for number, (image, outcome) in enumerate(zip(images, outcomes), job.done + job.failed + 1):
            if isinstance(outcome, BaseException):
                break  # what was answered before is not asked again
            if isinstance(outcome, Prediction):
                answers[image.id] = outcome
            else:
                failures.append(Failure(number, str(image.id), outcome))
        after = images[len(answers) + len(failures) - 1].id
        return Step({"after": str(after)}, partial(_store, answers), len(answers), failures)

    async def _ask(self, image: Image) -> Prediction | str:
        """Return what is suggested, or why nothing is."""
        try:
            return await self._suggester.ask(image)
        except (UnpredictableImageError, FetchError, NotFoundError) as error:
            return str(error)


async def _store(answers: dict[UUID, Prediction], session: AsyncSession) -> None:
    for image_id, prediction in answers.items():
        with suppress(NotFoundError):  # deleted meanwhile
            await suggestions.store(session, image_id, prediction)
