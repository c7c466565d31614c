"""The background jobs of the debugger, and the sweeping of what crashes left."""

import asyncio
from contextlib import closing
from typing import Final
from uuid import UUID

from debugger import analysing, enriching, files
from debugger.analysing import Analyst
from debugger.decisions import IMPORT
from debugger.enriching import Enricher
from debugger.importing import Importer
from debugger.settings import Settings
from shared import jobs
from shared.database import Database
from shared.jobs.queue import Handler, work
from shared.jobs.repeating import repeat

SWEEP_SECONDS: Final = 3600
RECOVER_SECONDS: Final = 10


async def work_until(stopping: asyncio.Event, database: Database, settings: Settings) -> None:
    """Run jobs, and now and then sweep and look for lost jobs, until `stopping`."""

    async def import_file(job_id: UUID) -> None:
        with closing(Importer(database, settings.max_rows)) as importer:
            await jobs.run(database, job_id, importer, stopping)
        async with database.session() as session:
            job = await jobs.get(session, job_id)
            await files.discard(session, UUID(job.request["file"]))

    async def analyse(job_id: UUID) -> None:
        with closing(Analyst(database)) as analyst:
            await jobs.run(database, job_id, analyst, stopping)

    async def enrich(job_id: UUID) -> None:
        await jobs.run(database, job_id, Enricher(database, settings), stopping)

    handlers: dict[str, Handler] = {IMPORT: import_file, analysing.KIND: analyse, enriching.KIND: enrich}

    async def sweep() -> None:
        async with database.session() as session:
            await files.sweep(session)

    async def recover() -> None:
        async with database.session() as session:
            await jobs.enqueue_lost(session)

    await asyncio.gather(
        work(database, handlers, stopping),
        repeat(sweep, SWEEP_SECONDS, stopping),
        repeat(recover, RECOVER_SECONDS, stopping),
    )
