"""The job that makes the map of an analysis, in a process of its own."""

import asyncio
from contextlib import suppress
from functools import partial
from typing import Any, Final
from uuid import UUID

import anyio
import numpy as np
from anyio import to_process
from numpy.typing import NDArray
from sqlalchemy import select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger import arrays
from debugger.arrays import MAP
from debugger.evidence.neighbours import Neighbours
from debugger.evidence.projection import OlderMap, project
from debugger.maps import NUMBERS, OLDER
from debugger.tables import Analysis, Project
from shared import jobs
from shared.database import Database, DatabaseUnavailableError
from shared.jobs import Step
from shared.jobs.queue import wait_for
from shared.jobs.tables import Job
from shared.refusals import NotFoundError

LOOK_SECONDS: Final = 1
"""So often is looked whether the map is still wanted."""

Known = tuple[NDArray[np.float32], Neighbours, OlderMap | None]


class Mapper:
    """Makes the one step of a job; where the analysis was replaced meanwhile, none."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(self, job: Job) -> Step | None:
        """Make the map."""
        if job.position.get("made"):
            return None
        analysis_id = UUID(job.request["analysis"])
        async with self._database.session() as session:
            held = await session.get(Project, UUID(job.request["project"]))
            if held is None or held.analysis_id != analysis_id:
                return None
            known = await _read(session, analysis_id)
        positions = await project_while_wanted(self._database, job, known)
        if positions is None:
            return None
        return Step({"made": True}, partial(_write, analysis_id, positions), done=1)


async def project_while_wanted(database: Database, job: Job, known: Known) -> NDArray[np.float32] | None:
    """Return the positions of the rows, None as soon as the job is cancelled."""
    found: NDArray[np.float32] | None = None
    done = asyncio.Event()
    async with anyio.create_task_group() as group:
        group.start_soon(_watch, database, job, done, group.cancel_scope)
        found = await to_process.run_sync(project, *known, cancellable=True)
        done.set()
    return found


async def _watch(database: Database, job: Job, done: asyncio.Event, scope: anyio.CancelScope) -> None:
    while True:
        await wait_for(done, LOOK_SECONDS)
        if done.is_set():
            return
        with suppress(DatabaseUnavailableError):  # it may be back at the next look
            async with database.session() as session:
                if not await jobs.report(session, job, 0):
                    scope.cancel()


async def _read(session: AsyncSession, analysis_id: UUID) -> Known:
    async def read(name: str) -> NDArray[Any]:
        return await arrays.load(session, analysis_id, name)

    neighbours = Neighbours(await read("neighbours"), await read("similarities"))
    numbers = await read(NUMBERS)
    try:
        older = _at(numbers, await read(OLDER + NUMBERS), await read(OLDER + MAP))
    except NotFoundError:
        older = None
    return await read("embedding"), neighbours, older


def _at(numbers: NDArray[np.int64], older: NDArray[np.int64], positions: NDArray[np.float32]) -> OlderMap:
    """Return where the rows with these numbers were."""
    found = np.full((len(numbers), 2), np.nan, np.float32)
    _, mine, theirs = np.intersect1d(numbers, older, assume_unique=True, return_indices=True)
    found[mine] = positions[theirs]
    return OlderMap(found)


async def _write(analysis_id: UUID, positions: NDArray[np.float32], session: AsyncSession) -> None:
    """Store the map; if the analysis was replaced or deleted meanwhile, nothing is."""
    held = select(col(Analysis.id)).where(col(Analysis.id) == analysis_id).with_for_update(read=True, key_share=True)
    if (await session.execute(held)).scalar() is not None:
        await arrays.save(session, analysis_id, MAP, positions)
