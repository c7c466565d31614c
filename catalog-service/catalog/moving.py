"""Images into a dataset, or out of it, by what they are: the first thousands within the request, the rest by a job.

They are gone through in the order of their ids, so that what has been taken out is not missed by what comes next.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import func
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog import datasets, tags
from catalog.conditions import Conditions
from catalog.search import ids_of
from shared import jobs
from shared.database import Database, allow_long_statements
from shared.jobs import Step
from shared.jobs.tables import Job

Kind = Literal["add_images", "remove_images"]
Move = Callable[[AsyncSession, UUID, Sequence[UUID]], Awaitable[int]]

MOVES: Final[Mapping[str, Move]] = MappingProxyType(
    {"add_images": datasets.add_existing, "remove_images": datasets.remove_images}
)
"""What each kind of job does with the images that it finds; they return how many of them it concerned."""

STEP_IMAGES: Final = 10_000
"""Images that are found and moved at a time."""

_CONDITIONS: Final = TypeAdapter(Conditions)


async def move(session: AsyncSession, kind: Kind, dataset_id: UUID, conditions: Conditions) -> tuple[int, Job | None]:
    """Move the first images that fulfil the conditions; return how many changed, and the job for the rest, if any.

    Raises NotFoundError.
    """
    await allow_long_statements(session)
    await datasets.hold(session, dataset_id)
    found = await _find(session, conditions, None, STEP_IMAGES + 1)
    first = found[:STEP_IMAGES]
    changed = await MOVES[kind](session, dataset_id, first)
    if found == first:
        return changed, None
    job = await jobs.create(session, kind, await _request(session, dataset_id, conditions), None)
    job.position, job.done, job.result = {"after": str(first[-1])}, len(first), {"changed": changed}
    return changed, job


async def next_step(database: Database, job: Job) -> Step | None:
    """Find the next images; raises NotFoundError if one of the datasets is no longer there."""
    after = UUID(job.position["after"])
    async with database.reading() as session:
        await allow_long_statements(session)
        await datasets.get(session, UUID(job.request["dataset"]))
        conditions = await _conditions(session, job.request)
        found = await _find(session, conditions, after, STEP_IMAGES)
        total = job.done + await _count(session, conditions, after) if job.total is None else job.total
    if not found:
        return None
    return Step({"after": str(found[-1])}, partial(_write, job, found, total), len(found))


async def _write(job: Job, found: Sequence[UUID], total: int, session: AsyncSession) -> None:
    changed = await MOVES[job.kind](session, UUID(job.request["dataset"]), found)
    current = await jobs.get(session, job.id)
    current.total = total
    current.result = {"changed": changed + (current.result or {})["changed"]}


async def _find(session: AsyncSession, conditions: Conditions, after: UUID | None, limit: int) -> Sequence[UUID]:
    return (await session.execute(await ids_of(session, conditions, after, limit))).scalars().all()


async def _count(session: AsyncSession, conditions: Conditions, after: UUID) -> int:
    found = (await ids_of(session, conditions, after, None)).subquery()
    return (await session.exec(select(func.count()).select_from(found))).one()


async def _request(session: AsyncSession, dataset_id: UUID, conditions: Conditions) -> dict[str, Any]:
    """Return what the job keeps; of each tag that is asked for its name and its id, as it may be renamed or merged."""
    names = [*conditions.present, *conditions.absent, *conditions.unknown]
    tag_ids = map(str, await tags.find(session, names))
    return {
        "dataset": str(dataset_id),
        "filter": _CONDITIONS.dump_python(conditions, mode="json"),
        "tags": dict(zip(names, tag_ids)),
    }


async def _conditions(session: AsyncSession, request: Mapping[str, Any]) -> Conditions:
    """Return the conditions of the job, with its tags by the names that they have now."""
    asked = {name: UUID(tag_id) for name, tag_id in request["tags"].items()}
    now = await tags.names_of(session, asked.values())
    conditions = _CONDITIONS.validate_python(request["filter"])
    present, absent, unknown = (
        tuple(now[asked[name]].name for name in names)
        for names in (conditions.present, conditions.absent, conditions.unknown)
    )
    return replace(conditions, present=present, absent=absent, unknown=unknown)
