"""Suggestions: what the vision service says of an image. They are not labels; accepting some makes a labeling."""

import asyncio
from collections.abc import Collection, Sequence
from tempfile import TemporaryFile
from typing import Final
from uuid import UUID

from anyio import to_thread
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog import images, labelings, tags
from catalog.clients.vision import Prediction, VisionClient
from catalog.fetching import Fetcher
from catalog.labelings import Provenance, State
from catalog.objects import Objects, image_path
from catalog.tables import Image, Suggestion
from shared.names import clean
from shared.refusals import ConflictError, InvalidRequestError, NotFoundError

MAX_ASKED: Final = 4
"""Images that are asked about at the same time, each of which is in memory."""


class Suggester:
    """Asks the vision service about images that are held, or may be fetched."""

    def __init__(self, vision: VisionClient, objects: Objects, fetcher: Fetcher) -> None:
        self._vision = vision
        self._objects = objects
        self._fetcher = fetcher
        self._turns = asyncio.Semaphore(MAX_ASKED)

    async def ask(self, image: Image) -> Prediction:
        """Return what the vision service says of the image.

        Raises FetchRefusedError, FetchFailedError, ServiceUnavailableError, UnpredictableImageError, or NotFoundError
        if its bytes are gone.
        """
        async with self._turns:  # from before the image is in memory
            if image.sha256 is not None:
                data = await self._held(image.sha256)
            else:
                data = await self._fetched(image.url or "")
            return await self._vision.predict(data)

    async def _held(self, sha256: bytes) -> bytes:
        try:
            return await to_thread.run_sync(self._objects.read_whole, image_path(sha256))
        except FileNotFoundError as error:
            raise NotFoundError("The image's bytes are not there.") from error

    async def _fetched(self, url: str) -> bytes:
        with TemporaryFile() as file:
            await self._fetcher.fetch(url, file)
            file.seek(0)
            return file.read()


async def store(session: AsyncSession, image_id: UUID, prediction: Prediction) -> list[Suggestion]:
    """Keep what was said of the image, and return it, the likeliest first; it is also first in the list of them.

    Raises NotFoundError if the image is no longer there.
    """
    held = select(Image.id).where(Image.id == image_id).with_for_update(read=True, key_share=True)
    if (await session.exec(held)).first() is None:
        raise NotFoundError(f"No image has the id {image_id}.")
    found = [
        Suggestion(
            image_id=image_id,
            tag=category.label,
            confidence=category.confidence,
            model=prediction.model,
            model_version=prediction.version,
        )
        for category in reversed(prediction.categories)
    ]
    session.add_all(found)
    await session.flush()
    return found[::-1]


async def list_suggestions(
    session: AsyncSession, image_id: UUID, before: UUID | None, limit: int
) -> Sequence[Suggestion]:
    """Return at most `limit` suggestions for the image, the newest first; raises NotFoundError."""
    await images.get(session, image_id)
    query = select(Suggestion).where(Suggestion.image_id == image_id)
    if before is not None:
        query = query.where(Suggestion.id < before)
    return (await session.exec(query.order_by(col(Suggestion.id).desc()).limit(limit))).all()


async def accept(
    session: AsyncSession,
    image_id: UUID,
    suggestion_ids: Collection[UUID],
    provenance: Provenance,
    base_version: int | None,
) -> State:
    """Write a labeling of the image with the suggested tags besides those that it has.

    Raises NotFoundError, InvalidRequestError for a suggestion for another image, ConflictError if the image is no
    longer at `base_version` or one has been accepted before.
    """
    chosen = select(Suggestion).where(col(Suggestion.id).in_(suggestion_ids))
    # The tags first: who waited for them with an image in hand would make others wait in a circle.
    names = {clean(suggestion.tag) for suggestion in await session.exec(chosen)}
    added = (await tags.ensure(session, names)).values()
    await labelings.lock(session, [image_id])
    found = (await session.exec(chosen.execution_options(populate_existing=True))).all()
    missing = next((each for each in suggestion_ids if each not in {suggestion.id for suggestion in found}), None)
    if missing is not None:
        raise NotFoundError(f"No suggestion has the id {missing}.")
    if any(suggestion.image_id != image_id for suggestion in found):
        raise InvalidRequestError("A suggestion for another image cannot be accepted for this one.")
    if accepted := next((suggestion for suggestion in found if suggestion.accepted_in is not None), None):
        raise ConflictError(f"{accepted.tag} has been accepted already, in version {accepted.accepted_in}.")
    written = await labelings.relabel(session, [image_id], _with(added), provenance, base_version)
    for suggestion in found:
        suggestion.accepted_in = written[image_id].version
    return written[image_id]


def _with(tag_ids: Collection[UUID]) -> labelings.Change:
    # A labeling also where all of them are there already: somebody looked and agreed.
    return lambda state: (state.present.union(tag_ids), state.coverage_id)
