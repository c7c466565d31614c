"""The rows' vectors by a sentence encoder: asked for in batches, each stored before the next, so that none is lost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final
from uuid import UUID

import numpy as np
from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger import arrays
from debugger.analysis.folder import ENCODED, Folder
from debugger.clients.embeddings import Embedded, EmbeddingClient, Encoder, PassingError, PermanentError
from debugger.settings import Settings
from debugger.tables import Analysis, Row, StoredArray
from shared.database import Database
from shared.jobs import Step
from shared.refusals import NotFoundError

BATCH_ROWS: Final = 512
WEIGHT: Final = 60
"""How long this takes beside the stages."""

NAME: Final = "sentence embeddings"
NOT_ASKED: Final = "None was asked for."


@dataclass(frozen=True)
class Progress:
    """How far it is: so many rows, in so many parts, by which encoder, which refused so many of them."""

    encoder: Encoder
    rows: int = 0
    parts: int = 0
    refused: int = 0

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Progress":
        """Return what a position says."""
        return cls(Encoder.model_validate(stored["encoder"]), stored["rows"], stored["parts"], stored["refused"])

    def as_json(self) -> dict[str, Any]:
        """Return it for a position."""
        return {**vars(self), "encoder": self.encoder.model_dump()}

    def beyond(self, embedded: Embedded) -> "Progress":
        """Return how far it is with one part more."""
        rows = self.rows + len(embedded.vectors)
        return replace(self, rows=rows, parts=self.parts + 1, refused=self.refused + embedded.refused)


async def step(
    database: Database, settings: Settings, folder: Folder, analysis_id: UUID, position: dict[str, Any], share: float
) -> Step:
    """Return the step that asks for the rows after `position`; it is `share` of the whole work for all of them.

    Whatever the service does, the analysis goes on, without the encoder if need be. The last step's position has
    `encoded`, how many parts there are, 0 without an encoder.
    """
    url, key = str(settings.intent_url), settings.intent_key
    try:
        client = EmbeddingClient(url, key, concurrency=settings.prediction_calls)
    except ValueError as error:
        return without(analysis_id, str(error))
    try:
        async with client:
            if "encoding" not in position:
                begun = Progress(await client.encoder())
                return Step({"encoding": begun.as_json(), "stage": NAME, "progress": 0.0})
            progress = Progress.of(position["encoding"])
            numbers = folder.read("numbers")
            wanted = numbers[progress.rows : progress.rows + BATCH_ROWS].tolist()
            embedded = await client.embed(await _texts(database, analysis_id, wanted), progress.encoder)
    except (PermanentError, PassingError) as error:
        return without(analysis_id, str(error))
    name = f"{ENCODED}.{progress.parts}"
    folder.write(name, embedded.vectors)
    after = progress.beyond(embedded)
    write = partial(_write, analysis_id, name, embedded, after if after.rows == len(numbers) else None)
    if after.rows == len(numbers):
        return Step({"encoded": after.parts, "stage": NAME, "progress": share}, write)
    done = share * after.rows / len(numbers)
    return Step({"encoding": after.as_json(), "stage": NAME, "progress": done}, write)


def without(analysis_id: UUID, reason: str) -> Step:
    """Return the step after which the analysis goes on without an encoder, and says why."""
    return Step({"encoded": 0}, partial(_give_up, analysis_id, reason))


async def discard_parts(session: AsyncSession, analysis_id: UUID) -> None:
    """Delete the parts, which nobody needs once the embedding is stored, or is another one."""
    parts = col(StoredArray.name).startswith(f"{ENCODED}.")
    await session.execute(delete(StoredArray).where(col(StoredArray.analysis_id) == analysis_id, parts))


async def _texts(database: Database, analysis_id: UUID, numbers: Sequence[int]) -> Sequence[str]:
    """Return the texts of the rows; they are read a batch at a time, as all of them may be long."""
    if not numbers:
        return []
    async with database.session() as session:
        analysis = await session.get(Analysis, analysis_id)
        if analysis is None:
            raise NotFoundError("The project was deleted.")
        query = select(Row.number, Row.text).where(
            Row.project_id == analysis.project_id, col(Row.number).between(numbers[0], numbers[-1])
        )
        texts = dict((await session.exec(query)).all())
    return [texts[number] for number in numbers]


async def _write(
    analysis_id: UUID, name: str, embedded: Embedded, whole: Progress | None, session: AsyncSession
) -> None:
    await arrays.save(session, analysis_id, name, np.asarray(embedded.vectors))
    if whole is not None:
        analysis = await session.get_one(Analysis, analysis_id)
        analysis.encoder = whole.encoder.model_dump()
        refused = f"The encoder does not take {whole.refused:,} of the texts: these have no neighbours."
        analysis.encoder_note = refused if whole.refused else None
        session.add(analysis)


async def _give_up(analysis_id: UUID, reason: str, session: AsyncSession) -> None:
    await discard_parts(session, analysis_id)
    analysis = await session.get_one(Analysis, analysis_id)
    analysis.encoder, analysis.encoder_note = None, reason
    session.add(analysis)
