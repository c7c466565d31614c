"""Proofs that decisions gained something: what was asked for, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import and_, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger import projects, versions
from debugger.decisions import IMPORT
from debugger.holdout import MIN_CLASSES, MIN_TRAINING_ROWS, TESTING
from debugger.tables import Project, Proof, Row, Version
from shared import jobs
from shared.database import allow_long_statements
from shared.jobs.tables import Job
from shared.refusals import ConflictError, InvalidRequestError, NotFoundError

KIND: Final = "prove"

EncoderName = Literal["minilm", "minilm-finetuned"]


@dataclass(frozen=True)
class Wanted:
    """Which versions are to be compared, and what is to be trained on them."""

    older: int | None = None
    """By default the first import's."""

    newer: int | None = None
    """By default the latest."""

    encoder: EncoderName | None = None
    seed: int = 0
    author: str | None = None


async def create(session: AsyncSession, project_id: UUID, wanted: Wanted) -> Job:
    """Queue the job of a proof, which has the job's id.

    Raises NotFoundError for a version that there is not, InvalidRequestError where the newer one is the older, and
    ConflictError where there is nothing to compare or to train on, or another proof goes on.
    """
    await allow_long_statements(session)
    project = await projects.hold(session, project_id)
    if await projects.running_jobs(session, project_id, IMPORT):
        raise ConflictError("Rows are being imported into this project: prove when the import is done.")
    if await projects.running_jobs(session, project_id, KIND):
        raise ConflictError("Another proof of this project goes on; wait for it, or cancel it.")
    older = wanted.older or await _first_import(session, project)
    newer = wanted.newer or project.version
    await _require_difference(session, project, older, newer)
    for number in (older, newer):
        await _require_rows(session, project_id, number)
    request = {"project": str(project_id), "from": older, "to": newer}
    job = await jobs.create(session, KIND, request, None)
    proof = Proof(id=job.id, project_id=project_id, older=older, newer=newer, seed=wanted.seed)
    proof.encoder, proof.author = wanted.encoder, wanted.author
    session.add(proof)
    return job


async def get(session: AsyncSession, project_id: UUID, proof_id: UUID) -> tuple[Proof, Job]:
    """Return the proof and its job; raises NotFoundError."""
    query = select(Proof, Job).join(Job, col(Job.id) == col(Proof.id))
    found = (await session.exec(query.where(Proof.project_id == project_id, Proof.id == proof_id))).first()
    if found is None:
        raise NotFoundError(f"The project has no proof with the id {proof_id}.")
    return found


async def list_proofs(
    session: AsyncSession, project_id: UUID, before: UUID | None, limit: int
) -> Sequence[tuple[Proof, Job]]:
    """Return at most `limit` proofs and their jobs, the newest first."""
    query = select(Proof, Job).join(Job, col(Job.id) == col(Proof.id)).where(Proof.project_id == project_id)
    if before is not None:
        query = query.where(Proof.id < before)
    return (await session.exec(query.order_by(col(Proof.id).desc()).limit(limit))).all()


async def _first_import(session: AsyncSession, project: Project) -> int:
    query = select(func.min(Version.number)).where(Version.project_id == project.id, Version.action == IMPORT)
    first = (await session.exec(query)).one()
    if first is None:
        raise ConflictError("The project has no rows yet: import a file first.")
    return first


async def _require_difference(session: AsyncSession, project: Project, older: int, newer: int) -> None:
    for number in (older, newer):
        await versions.get(session, project, number)
    if older > newer:
        raise InvalidRequestError(f"Version {older} is newer than {newer}: `from` is the older one of the two.")
    before: Any = versions.states_at(project.id, older).subquery("before")
    after: Any = versions.states_at(project.id, newer).subquery("after")
    differs = or_(
        before.c.number.is_(None),
        before.c.status != after.c.status,
        before.c.label.is_distinct_from(after.c.label),
    )
    joined = after.join(before, before.c.number == after.c.number, isouter=True)
    query = select_columns(after.c.number).select_from(joined).where(differs).limit(1)
    if older == newer or (await session.execute(query)).first() is None:
        raise ConflictError(f"Between versions {older} and {newer} no label differs: decide on rows first.")


async def _require_rows(session: AsyncSession, project_id: UUID, version: int) -> None:
    """Refuse what surely cannot be trained on; the job looks again when it knows which rows it holds back."""
    states: Any = versions.states_at(project_id, version).subquery("states")
    mine = and_(col(Row.project_id) == project_id, col(Row.split).is_distinct_from(TESTING))
    query = (
        select_columns(func.count(), func.count(states.c.label.distinct()))
        .select_from(Row)
        .join(states, states.c.number == col(Row.number))
        .where(mine, states.c.status == "active", states.c.label.is_not(None))
    )
    rows, classes = (await session.execute(query)).one()
    if rows < MIN_TRAINING_ROWS or classes < MIN_CLASSES:
        raise ConflictError(
            f"Version {version} has {rows:,} rows of {classes:,} classes to train on; at least {MIN_TRAINING_ROWS} "
            f"rows of {MIN_CLASSES} classes are needed that are not for testing."
        )
