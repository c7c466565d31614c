"""The job that analyses a data version: each stage's arrays and issues are stored before the next begins."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import UUID

import numpy as np
from anyio import to_process, to_thread
from sqlalchemy import select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger import arrays, projects, versions
from debugger.analysis import stages, storing
from debugger.analysis.folder import Folder
from debugger.analysis.stages import STAGES
from debugger.evidence import SPLITS, UNKNOWN
from debugger.tables import Analysis, Row, StoredArray
from shared import jobs
from shared.database import Database, allow_long_statements
from shared.jobs import Step
from shared.jobs.tables import Job
from shared.refusals import ConflictError, NotFoundError

KIND: Final = "analyse"


async def create(session: AsyncSession, project_id: UUID) -> Job:
    """Queue the analysis of the project's latest version.

    Raises NotFoundError, or ConflictError where there is nothing to analyse or another analysis goes on.
    """
    project = await projects.hold(session, project_id)
    if project.row_count == 0:
        raise ConflictError("The project has no rows yet: import a file first.")
    if await projects.running_jobs(session, project_id, KIND):
        raise ConflictError("Another analysis of this project goes on; wait for it, or cancel it.")
    analysis = Analysis(project_id=project_id, version=project.version, classes=[], counts={})
    session.add(analysis)
    await session.flush()
    request = {"project": str(project_id), "analysis": str(analysis.id), "version": project.version}
    return await jobs.create(session, KIND, request, len(STAGES))


class Analyst:
    """Makes the steps of one analysis job, each in a process that is ended when the worker stops."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._directory = TemporaryDirectory(prefix="analysis-")
        self._folder = Folder(Path(self._directory.name))
        self._prepared = False

    def close(self) -> None:
        """Delete the temporary files."""
        self._directory.cleanup()

    async def __call__(self, job: Job) -> Step | None:
        """Compute the stage after those that are stored."""
        done = int(job.position.get("stages", 0))
        if done == len(STAGES):
            return None
        analysis_id = UUID(job.request["analysis"])
        if not self._prepared:
            await self._prepare(analysis_id, UUID(job.request["project"]), job.request["version"])
            self._prepared = True
        stage = STAGES[done]
        outcome = await to_process.run_sync(stages.run, done, self._folder.path, cancellable=True)
        weight = sum(each.weight for each in STAGES[: done + 1]) / sum(each.weight for each in STAGES)
        return Step(
            position={"stages": done + 1, "stage": stage.name, "progress": weight},
            write=partial(storing.store, analysis_id, self._folder, outcome, is_last=done + 1 == len(STAGES)),
            done=1,
        )

    async def _prepare(self, analysis_id: UUID, project_id: UUID, version: int) -> None:
        """Write the rows as they were in the version, and what stages before have stored."""
        async with self._database.session() as session:
            await allow_long_statements(session)
            analysis = await session.get(Analysis, analysis_id)
            if analysis is None:
                raise NotFoundError("The project was deleted.")
            found = await _rows(session, project_id, version)
            await to_thread.run_sync(_write_rows, self._folder, found)
            stored = select(col(StoredArray.name)).where(col(StoredArray.analysis_id) == analysis_id).distinct()
            for name in (await session.execute(stored)).scalars().all():
                self._folder.write(name, await arrays.load(session, analysis_id, name))


async def _rows(session: AsyncSession, project_id: UUID, version: int) -> Sequence[Any]:
    states = versions.states_at(project_id, version).subquery("states")
    query = (
        select(col(Row.number), col(Row.text), col(Row.split), col(Row.score), states.c.label, states.c.status)
        .join(states, states.c.number == col(Row.number))
        .where(col(Row.project_id) == project_id, states.c.status != "dropped")
        .order_by(col(Row.number))
    )
    return (await session.execute(query)).all()


def _write_rows(folder: Folder, rows: Sequence[Any]) -> None:
    classes = sorted({row.label for row in rows if row.label is not None})
    position = {label: index for index, label in enumerate(classes)}
    split: dict[str | None, int] = {name: index for index, name in enumerate(SPLITS)}
    folder.write("numbers", np.array([row.number for row in rows], np.int64))
    folder.write("labels", np.array([position.get(row.label, UNKNOWN) for row in rows], np.int32))
    folder.write("splits", np.array([split.get(row.split, UNKNOWN) for row in rows], np.int8))
    folder.write("out_of_scope", np.array([row.status == "out_of_scope" for row in rows], np.bool_))
    folder.write("scores", np.array([np.nan if row.score is None else row.score for row in rows], np.float32))
    folder.write_texts([row.text for row in rows], classes)
