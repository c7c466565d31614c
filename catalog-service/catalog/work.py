"""The background jobs of the catalog, and the sweeping of what crashes left."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

from catalog import freezing, moving, suggesting
from catalog.imports import importing
from catalog.objects import Objects, sweep_all
from catalog.objects import sweep as sweep_one
from catalog.suggestions import Suggester
from shared import jobs
from shared.database import Database
from shared.jobs.queue import Handler, work
from shared.jobs.repeating import repeat

SWEEP_SECONDS: Final = 3600
UNFINISHED_FOR: Final = timedelta(hours=1)
"""No upload takes so long; what is pending for longer was left by a crash."""

RECOVER_SECONDS: Final = 10


async def work_until(stopping: asyncio.Event, database: Database, store: Objects, suggester: Suggester) -> None:
    """Run jobs, and now and then sweep and look for lost jobs, until `stopping`."""

    async def suggest(job_id: UUID) -> None:
        await jobs.run(database, job_id, suggesting.SuggestionSteps(database, suggester), stopping)

    async def import_file(job_id: UUID) -> None:
        await jobs.run(database, job_id, importing.Importer(database, store), stopping)
        async with database.session() as session:
            job = await jobs.get(session, job_id)
        await sweep_one(database, store, job.request["path"])

    async def freeze(job_id: UUID) -> None:
        await jobs.run(database, job_id, partial(freezing.next_step, database), stopping)
        await freezing.sweep(database)

    async def move(job_id: UUID) -> None:
        await jobs.run(database, job_id, partial(moving.next_step, database), stopping)

    handlers: dict[str, Handler] = {
        suggesting.KIND: suggest,
        importing.KIND: import_file,
        freezing.KIND: freeze,
        **dict.fromkeys(moving.MOVES, move),
    }

    async def sweep() -> None:
        await freezing.sweep(database)
        await sweep_all(database, store, UNFINISHED_FOR)

    async def recover() -> None:
        async with database.session() as session:
            await jobs.enqueue_lost(session)

    await asyncio.gather(
        work(database, handlers, stopping),
        repeat(sweep, SWEEP_SECONDS, stopping),
        repeat(recover, RECOVER_SECONDS, stopping),
    )
