"""The job that analyses a data version: each stage's arrays and issues are stored before the next begins."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal
from uuid import UUID

import numpy as np
from anyio import to_process, to_thread
from sqlalchemy import select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger import arrays, projects, versions
from debugger.analysis import encoding, serving, stages, storing
from debugger.analysis.folder import ENCODED, SERVED, Folder
from debugger.analysis.stages import STAGES
from debugger.evidence import SPLITS, UNKNOWN
from debugger.settings import Settings
from debugger.tables import Analysis, Row, StoredArray
from shared import jobs
from shared.database import Database, allow_long_statements
from shared.jobs import Step
from shared.jobs.tables import Job
from shared.refusals import ConflictError, NotFoundError

KIND: Final = "analyse"

Wanted = Literal["auto", "none"]
"""Whether a sentence encoder is used where there is one, or none is asked."""


async def create(session: AsyncSession, project_id: UUID, encoder: Wanted = "auto") -> Job:
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
    request = {
        "project": str(project_id),
        "analysis": str(analysis.id),
        "version": project.version,
        "encoder": encoder,
    }
    return await jobs.create(session, KIND, request, len(STAGES))


class Analyst:
    """Makes the steps of one analysis job, each in a process that is ended when the worker stops."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._directory = TemporaryDirectory(prefix="analysis-")
        self._folder = Folder(Path(self._directory.name))
        self._prepared = False

    def close(self) -> None:
        """Delete the temporary files."""
        self._directory.cleanup()

    async def __call__(self, job: Job) -> Step | None:
        """Ask the sentence encoder about some more rows, or compute the stage after those that are stored."""
        done = int(job.position.get("stages", 0))
        if done == len(STAGES):
            return None
        analysis_id = UUID(job.request["analysis"])
        if not self._prepared:
            await self._prepare(analysis_id, UUID(job.request["project"]), job.request["version"], is_new=done == 0)
            self._prepared = True
        if "encoded" not in job.position:
            return await self._encode(job, analysis_id)
        parts = job.position["encoded"]
        if parts and not self._folder.has(ENCODED):
            await to_thread.run_sync(self._folder.join_parts, ENCODED, parts)
        outcome = await to_process.run_sync(stages.run, done, self._folder.path, cancellable=True)
        progress = _progress(done + 1, is_encoded=parts > 0)
        return Step(
            position={"encoded": parts, "stages": done + 1, "stage": STAGES[done].name, "progress": progress},
            write=partial(storing.store, analysis_id, self._folder, outcome, is_last=done + 1 == len(STAGES)),
            done=1,
        )

    async def _encode(self, job: Job, analysis_id: UUID) -> Step:
        if job.request.get("encoder") != "auto":
            return encoding.without(analysis_id, encoding.NOT_ASKED)
        share = _progress(0, is_encoded=True)
        return await encoding.step(self._database, self._settings, self._folder, analysis_id, job.position, share)

    async def _prepare(self, analysis_id: UUID, project_id: UUID, version: int, *, is_new: bool) -> None:
        """Write the rows as they were in the version, and what stages before have stored."""
        async with self._database.session() as session:
            await allow_long_statements(session)
            analysis = await session.get(Analysis, analysis_id)
            if analysis is None:
                raise NotFoundError("The project was deleted.")
            found = await _rows(session, project_id, version)
            # Stages must not differ in what they know: later ones have what the first one stored.
            said = await serving.said(session, project_id) if is_new else ()
            await to_thread.run_sync(_write_rows, self._folder, found, said)
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


def _progress(done: int, *, is_encoded: bool) -> float:
    """Return which part of the whole work is done after so many stages."""
    before = encoding.WEIGHT if is_encoded else 0
    weights = [stage.weight for stage in STAGES]
    return (before + sum(weights[:done])) / (before + sum(weights))


def _write_rows(folder: Folder, rows: Sequence[Any], said: serving.Said) -> None:
    classes = sorted({row.label for row in rows if row.label is not None})
    position = {label: index for index, label in enumerate(classes)}
    split: dict[str | None, int] = {name: index for index, name in enumerate(SPLITS)}
    folder.write("numbers", np.array([row.number for row in rows], np.int64))
    folder.write("labels", np.array([position.get(row.label, UNKNOWN) for row in rows], np.int32))
    folder.write("splits", np.array([split.get(row.split, UNKNOWN) for row in rows], np.int8))
    folder.write("out_of_scope", np.array([row.status == "out_of_scope" for row in rows], np.bool_))
    folder.write("scores", np.array([np.nan if row.score is None else row.score for row in rows], np.float32))
    folder.write_texts([row.text for row in rows], classes)
    if said:
        folder.write(SERVED, serving.probabilities(said, folder.read("numbers"), classes))
