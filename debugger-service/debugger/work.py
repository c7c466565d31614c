"""The background jobs of the debugger, and the sweeping of what crashes left."""

import asyncio
from contextlib import closing
from typing import Final
from uuid import UUID

from debugger import analysing, enriching, files, maps, perturbing, proofs
from debugger.analysing import Analyst
from debugger.decisions import IMPORT
from debugger.enriching import Enricher
from debugger.importing import Importer
from debugger.mapping import Mapper
from debugger.perturbing import Perturber
from debugger.proving import Prover
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
        with closing(Analyst(database, settings)) as analyst:
            await jobs.run(database, job_id, analyst, stopping)

    async def enrich(job_id: UUID) -> None:
        await jobs.run(database, job_id, Enricher(database, settings), stopping)

    async def test_behaviour(job_id: UUID) -> None:
        await jobs.run(database, job_id, Perturber(database, settings), stopping)

    async def make_map(job_id: UUID) -> None:
        await jobs.run(database, job_id, Mapper(database), stopping)

    async def prove(job_id: UUID) -> None:
        prover = Prover(database, settings)
        await jobs.run(database, job_id, prover, stopping)
        await prover.withdraw(job_id)

    handlers: dict[str, Handler] = {IMPORT: import_file, analysing.KIND: analyse, enriching.KIND: enrich}
    handlers[maps.KIND] = make_map
    handlers[perturbing.KIND] = test_behaviour
    handlers[proofs.KIND] = prove

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
